package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"text/template"

	"google.golang.org/protobuf/encoding/protojson"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	"github.com/switchboard-chat/switchboard/samples"
)

const passwordBytes = 15

// firstStart makes what a new installation begins with: an administrator, whose password it
// returns this once, and the sample bot. The password is in a file until [app.started], so that a
// first start that was killed is made good by the next one.
func (a *app) firstStart(ctx context.Context) (password string, err error) {
	password, begun, err := a.firstPassword()
	if err != nil {
		return "", err
	}
	created, err := a.config.Bootstrap(ctx, a.adminEmail, password)
	if err != nil {
		return "", err
	}
	if !created && !begun { // there is an administrator who knows the password
		return "", a.started()
	}
	var sample struct {
		Bot      json.RawMessage `json:"bot"`
		Scenario json.RawMessage `json:"scenario"`
	}
	if err := json.Unmarshal(samples.Welcome, &sample); err != nil {
		return "", fmt.Errorf("sample bot: %w", err)
	}
	bot := new(configv1.Bot)
	if err := protojson.Unmarshal(sample.Bot, bot); err != nil {
		return "", fmt.Errorf("sample bot: %w", err)
	}
	if err := a.config.EnsureBot(ctx, bot); err != nil {
		return "", err
	}
	return password, a.scenario.EnsureScenario(ctx, bot.GetId(), string(sample.Scenario))
}

func (a *app) firstPasswordFile() string { return filepath.Join(a.dataDir, "first-password") }

// firstPassword returns the password of a first start that has begun before, or a new one.
func (a *app) firstPassword() (password string, begun bool, err error) {
	data, err := os.ReadFile(a.firstPasswordFile())
	if err == nil && len(data) > 0 {
		return string(data), true, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", false, fmt.Errorf("first password: %w", err)
	}
	password = random(passwordBytes)
	if err := os.WriteFile(a.firstPasswordFile(), []byte(password), 0o600); err != nil {
		return "", false, fmt.Errorf("first password: %w", err)
	}
	return password, false, nil
}

// started forgets the first password: it has been shown.
func (a *app) started() error {
	if err := os.Remove(a.firstPasswordFile()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("first password: %w", err)
	}
	return nil
}

var greeting = template.Must(template.New("greeting").Parse(`
  Switchboard is ready.

    Demo page   {{.URL}}/
    Console     {{.URL}}/console/
{{- if .Password}}

    Sign in as  {{.Email}}
    Password    {{.Password}}      (shown this once)
{{- end}}

    To put the chat on a site, add its origin to the bot's allowed origins and paste:

    <script>
      (function (w, d, s, u, n) {
        w.KwizbotWidget = n;
        w[n] = w[n] || function () { (w[n].q = w[n].q || []).push(arguments) };
        w[n].l = +new Date();
        var e = d.createElement(s), f = d.getElementsByTagName(s)[0];
        e.async = 1; e.src = u; f.parentNode.insertBefore(e, f);
      })(window, document, 'script', '{{.URL}}/widget/v2/kw.js', 'kw');
      kw('init', { bot_id: 1 });
    </script>

`))

// greet tells whoever started the process where everything is.
func greet(addr net.Addr, email, password string) {
	host, port, _ := net.SplitHostPort(addr.String()) // an address of a listener
	if ip := net.ParseIP(host); ip == nil || ip.IsLoopback() || ip.IsUnspecified() {
		host = "localhost"
	}
	_ = greeting.Execute(os.Stdout, map[string]string{ // standard output may be closed
		"URL": "http://" + net.JoinHostPort(host, port), "Email": email, "Password": password,
	})
}
