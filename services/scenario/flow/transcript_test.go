package flow_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchboard-chat/switchboard/services/scenario/flow"
)

var update = flag.Bool("update", false, "rewrite the golden transcripts")

// TestTranscripts plays every testdata/*.in on the scenario of the same name, or on the sample bot's,
// and compares what was said with the .golden file.
func TestTranscripts(t *testing.T) {
	scripts, err := filepath.Glob("testdata/*.in")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts in testdata: %v", err)
	}
	for _, script := range scripts {
		name := strings.TrimSuffix(filepath.Base(script), ".in")
		t.Run(name, func(t *testing.T) {
			in, err := os.ReadFile(script)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, scenario(t, name), string(in))
			golden := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("transcript differs (-want +got), -update accepts it:\n%s", diff)
			}
		})
	}
}

// scenario is testdata/<name>.json; a name that begins with "welcome" is the sample bot.
func scenario(tb testing.TB, name string) *flow.Flow {
	tb.Helper()
	if strings.HasPrefix(name, "welcome") {
		return welcome(tb)
	}
	data, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		tb.Fatal(err)
	}
	f, err := flow.Parse(data)
	if err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
	return f
}

// play runs a script, one event a line, and writes down what happens.
func play(tb testing.TB, f *flow.Flow, script string) string {
	tb.Helper()
	var out bytes.Buffer
	var s flow.State
	lines := bufio.NewScanner(strings.NewReader(script))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			fmt.Fprintln(&out, line)
			continue
		}
		in := parseEvent(tb, line)
		in.Now = time.Date(2026, 11, 22, 10, 0, n, 0, time.UTC)
		in.Random = uint64(n)
		var actions []flow.Action
		s, actions = step(tb, f, s, in)
		fmt.Fprintln(&out, "> "+line)
		for _, a := range actions {
			describe(&out, a)
		}
		fmt.Fprintln(&out, "  = "+describeState(s))
	}
	return out.String()
}

// parseEvent reads a line such as "say hello", "press Yes | yes", "jump sales" or `params {"name": "Ann"}`.
func parseEvent(tb testing.TB, line string) flow.Input {
	tb.Helper()
	verb, rest, _ := strings.Cut(line, " ")
	switch verb {
	case "start":
		return flow.Input{Event: flow.Start{}}
	case "say":
		return flow.Input{Event: flow.Text{Text: rest}}
	case "press":
		text, body, _ := strings.Cut(rest, " | ")
		return flow.Input{Event: flow.Press{Text: text, Body: body}}
	case "fill": // a form's name, and values such as {"name": "Ann"}
		form, values, _ := strings.Cut(rest, " ")
		answer := flow.Answer{Form: form, Text: values}
		if err := json.Unmarshal([]byte(values), &answer.Values); err != nil {
			tb.Fatalf("%q: %v", line, err)
		}
		return flow.Input{Event: answer}
	case "jump":
		return flow.Input{Event: flow.Jump{Alias: rest}}
	case "params":
		in := flow.Input{Event: flow.ParamsChanged{}}
		if err := json.Unmarshal([]byte(rest), &in.Params); err != nil {
			tb.Fatalf("%q: %v", line, err)
		}
		return in
	case "taken":
		return flow.Input{Event: flow.OwnerTaken{}}
	case "back":
		return flow.Input{Event: flow.OwnerBack{Alias: rest}}
	case "leave":
		return flow.Input{Event: flow.Leave{}}
	}
	tb.Fatalf("%q is no event", line)
	return flow.Input{}
}

func describe(out *bytes.Buffer, a flow.Action) {
	switch a := a.(type) {
	case flow.Say:
		fmt.Fprintf(out, "< %s%s\n", mode(a.Mode), a.Text)
	case flow.Image:
		fmt.Fprintf(out, "< (image) %s (%s)\n", a.URL, a.Alt)
	case flow.Keyboard:
		inline := ""
		if a.Inline {
			inline = "(inline) "
		}
		fmt.Fprintf(out, "< %s%s%s\n", inline, mode(a.Mode), a.Text)
		describeButtons(out, a.Buttons)
	case flow.Cards:
		fmt.Fprintln(out, "< (cards)")
		for _, c := range a.Cards {
			fmt.Fprintf(out, "    %q %q %s (%s)\n", c.Title, c.Text, c.URL, c.Alt)
			describeButtons(out, c.Buttons)
		}
	case flow.Form:
		fmt.Fprintf(out, "< (form) %s%s\n", mode(a.Mode), a.Text)
		names := make([]string, len(a.Fields))
		for i, f := range a.Fields {
			names[i] = f.Name + " " + f.Kind
		}
		fmt.Fprintf(out, "    %s (%s)\n", strings.Join(names, ", "), a.Submit)
	case flow.Connect:
		fmt.Fprintf(out, "< (connect) topic %q, then %q\n", a.Topic, a.ClosedAlias)
	case flow.End:
		fmt.Fprintln(out, "< (end)")
	default:
		fmt.Fprintf(out, "< %#v\n", a)
	}
}

func describeButtons(out *bytes.Buffer, buttons []flow.Button) {
	for _, b := range buttons {
		fmt.Fprintf(out, "    [%s] %s %s\n", b.Text, b.ActionType, b.ActionBody)
	}
}

func mode(m flow.ParseMode) string {
	if m == flow.Plain {
		return ""
	}
	return "(" + string(m) + ") "
}

func describeState(s flow.State) string {
	text := "nothing is asked"
	switch {
	case s.WithOperator:
		text = "with an operator"
	case s.Node != "":
		text = "waits at " + s.Node
	}
	if s.Tries > 0 {
		text += fmt.Sprintf(", %d tries", s.Tries)
	}
	if len(s.Vars) > 0 {
		vars, _ := json.Marshal(s.Vars)
		text += " " + string(vars)
	}
	return text
}
