package conf_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchboard-chat/switchboard/internal/conf"
)

type settings struct {
	URL         string
	Drain, Ping time.Duration
}

func (s *settings) flags(fs *flag.FlagSet) {
	fs.StringVar(&s.URL, "nats-url", "nats://default", "NATS `URL`")
	fs.DurationVar(&s.Drain, "drain", time.Second, "how long to drain | wait")
	fs.DurationVar(&s.Ping, "ping", time.Minute, "how often to ping")
}

func TestParse(t *testing.T) {
	tests := map[string]struct {
		args []string
		env  map[string]string
		want settings
		err  string
	}{
		"defaults":         {want: settings{"nats://default", time.Second, time.Minute}},
		"environment":      {env: map[string]string{"NATS_URL": "nats://env"}, want: settings{"nats://env", time.Second, time.Minute}},
		"a flag wins":      {args: []string{"-drain", "3s"}, env: map[string]string{"DRAIN": "2s"}, want: settings{"nats://default", 3 * time.Second, time.Minute}},
		"bad environment":  {env: map[string]string{"DRAIN": "soon"}, err: `DRAIN="soon"`},
		"bad flag":         {args: []string{"-drain", "soon"}, err: "-drain"},
		"unknown flag":     {args: []string{"-dwain", "1s"}, err: "-dwain"},
		"stray argument":   {args: []string{"start"}, err: `"start"`},
		"two things wrong": {args: []string{"start"}, env: map[string]string{"PING": "often"}, err: `PING="often"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got settings
			err := conf.Parse("test", tt.args, func(k string) string { return tt.env[k] }, got.flags)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("Parse = %v, want an error that names %s", err, tt.err)
				}
				return
			}
			if d := cmp.Diff(tt.want, got); err != nil || d != "" {
				t.Errorf("Parse: %v, (-want +got)\n%s", err, d)
			}
		})
	}
}

func TestMarkdown(t *testing.T) {
	var s settings
	if got := conf.Markdown(s.flags); !strings.Contains(got, "| `-drain` | `DRAIN` | `1s` | how long to drain \\| wait |") {
		t.Errorf("table:\n%s", got)
	}
}

func TestSecrets(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("new\n\nold\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	load := func(args ...string) ([][]byte, error) {
		var s conf.Secrets
		if err := conf.Parse("test", args, func(string) string { return "" }, s.Flags); err != nil {
			t.Fatal(err)
		}
		return s.Load()
	}
	if got, err := load("-secret-file", file); err != nil || len(got) != 2 || string(got[0]) != "new" {
		t.Errorf("Load = %q, %v", got, err)
	}
	for name, args := range map[string][]string{"none": nil, "both": {"-secret", "a", "-secret-file", file}, "no file": {"-secret-file", file + "x"}} {
		if _, err := load(args...); err == nil || !strings.Contains(err.Error(), "-secret-file") {
			t.Errorf("%s: Load = %v, want an error that names -secret-file", name, err)
		}
	}
}
