package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGo(t *testing.T) {
	tests := map[string]struct {
		events string
		want   report
		shown  []string // each must be in what is shown
	}{
		"subtests are counted, their parent is not": {
			events: `{"Action":"start","Package":"p"}
{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"run","Package":"p","Test":"TestA/one/half"}
{"Action":"pass","Package":"p","Test":"TestA/one/half"}
{"Action":"run","Package":"p","Test":"TestA/two"}
{"Action":"pass","Package":"p","Test":"TestA/two"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p","Elapsed":1.5}`,
			want:  report{Passed: 2},
			shown: []string{"ok   p  1.5 s  2 passed, 0 failed, 0 skipped\n"},
		},
		"a failed subtest is blamed, its parent is not": {
			events: `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"run","Package":"p","Test":"TestA/one"}
{"Action":"output","Package":"p","Test":"TestA/one","Output":"    a_test.go:3: got 1, want 2\n"}
{"Action":"fail","Package":"p","Test":"TestA/one"}
{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Output":"FAIL\n"}
{"Action":"fail","Package":"p"}`,
			want:  report{Failed: []string{"p TestA/one"}},
			shown: []string{"--- p TestA/one\n    a_test.go:3: got 1, want 2\n", "FAIL p"},
		},
		"a parent that fails by itself": {
			events: `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"run","Package":"p","Test":"TestA/one"}
{"Action":"pass","Package":"p","Test":"TestA/one"}
{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"fail","Package":"p"}`,
			want: report{Passed: 1, Failed: []string{"p TestA"}},
		},
		"what passed is not shown": {
			events: `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"chatter\n"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"run","Package":"p","Test":"TestB"}
{"Action":"fail","Package":"p","Test":"TestB"}
{"Action":"fail","Package":"p"}`,
			want: report{Passed: 1, Failed: []string{"p TestB"}},
		},
		"a skip gives its reason": {
			events: `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:3: no server\n"}
{"Action":"output","Package":"p","Test":"TestA","Output":"--- SKIP: TestA (0.00s)\n"}
{"Action":"skip","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p"}`,
			want: report{Skipped: []skipped{{"p TestA", "no server"}}},
		},
		"a package that does not build": {
			events: `{"ImportPath":"p [p.test]","Action":"build-output","Output":"p/a.go:3:1: syntax error\n"}
{"ImportPath":"p [p.test]","Action":"build-fail"}
{"Action":"start","Package":"p"}
{"Action":"output","Package":"p","Output":"FAIL\tp [build failed]\n"}
{"Action":"fail","Package":"p","FailedBuild":"p [p.test]"}`,
			want:  report{Failed: []string{"p"}},
			shown: []string{"p/a.go:3:1: syntax error\n", "[build failed]"},
		},
		"a test that never ended": {
			events: `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"panic: test timed out\n"}
{"Action":"fail","Package":"p"}`,
			want:  report{Failed: []string{"p"}},
			shown: []string{"panic: test timed out\n"},
		},
		"a package without tests, and what go says": {
			events: `go: downloading example.com/x v1.0.0
{"Action":"start","Package":"p"}
{"Action":"output","Package":"p","Output":"?   \tp\t[no test files]\n"}
{"Action":"skip","Package":"p"}`,
			shown: []string{"go: downloading example.com/x v1.0.0\n"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			g := newGoTests(&out)
			if err := g.read(strings.NewReader(tt.events)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, g.report); diff != "" {
				t.Errorf("report (-want +got):\n%s", diff)
			}
			for _, want := range tt.shown {
				if !strings.Contains(out.String(), want) {
					t.Errorf("shown:\n%s\nwant in it: %q", out.String(), want)
				}
			}
			if strings.Contains(out.String(), "chatter") {
				t.Errorf("shown although it passed:\n%s", out.String())
			}
		})
	}
}

const (
	vitest = `{"numTotalTests": 3, "testResults": [
		{"name": "/a.test.ts", "status": "failed", "assertionResults": [
			{"fullName": "a works", "status": "passed"},
			{"fullName": "a breaks", "status": "failed"},
			{"fullName": "a waits", "status": "skipped"}]},
		{"name": "/b.test.ts", "status": "failed", "message": "no such module", "assertionResults": []}]}`
	playwright = `{"suites": [{"title": "shop.spec.ts", "specs": [], "suites": [{"title": "widget", "specs": [
			{"title": "opens", "tests": [{"projectName": "desktop", "status": "expected"}, {"projectName": "mobile", "status": "skipped",
				"annotations": [{"type": "skip", "description": "no touch here"}]}]},
			{"title": "closes", "tests": [{"projectName": "desktop", "status": "unexpected"}]}]}]}],
		"errors": [{"message": "no tests found in x"}]}`
)

func TestTotal(t *testing.T) {
	tests := map[string]struct {
		files map[string]string
		args  []string
		want  string
		fails bool
	}{
		"every runner": {
			files: map[string]string{"go.json": `{"passed": 4, "skipped": [{"name": "p TestA", "reason": "no server"}]}`, "w.json": vitest, "z.json": playwright},
			want: `skipped: p TestA: no server
skipped: a waits: no reason given
skipped: shop.spec.ts › widget › opens [mobile]: no touch here
failed: a breaks
failed: /b.test.ts
failed: shop.spec.ts › widget › closes [desktop]
failed: no tests found in x
6 passed, 4 failed, 3 skipped
`,
			fails: true,
		},
		"all is well":                       {files: map[string]string{"go.json": `{"passed": 4}`}, want: "4 passed, 0 failed, 0 skipped\n"},
		"a step failed without a test":      {files: map[string]string{"go.json": `{"passed": 4}`}, args: []string{"-failed", "lint"}, want: "step failed: lint\nfailed: lint\n4 passed, 1 failed, 0 skipped\n", fails: true},
		"a step failed because of its test": {files: map[string]string{"go.json": `{"failed": ["p TestA"]}`}, args: []string{"-failed", "test-go"}, want: "step failed: test-go\nfailed: p TestA\n0 passed, 1 failed, 0 skipped\n", fails: true},
		"no test ran":                       {want: "0 passed, 0 failed, 0 skipped\n", fails: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for name, data := range tt.files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var out strings.Builder
			err := start(append(append([]string{"total"}, tt.args...), dir), nil, &out)
			if (err != nil) != tt.fails {
				t.Errorf("error = %v, want one: %v", err, tt.fails)
			}
			if diff := cmp.Diff(tt.want, out.String()); diff != "" {
				t.Errorf("output (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSave(t *testing.T) {
	dir := t.TempDir()
	events := `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"fail","Package":"p"}`
	var out strings.Builder
	err := start([]string{"go", "-save", filepath.Join(dir, "go.json")}, strings.NewReader(events), &out)
	if !errors.Is(err, errFailed) {
		t.Errorf("go: %v, want %v", err, errFailed)
	}
	got, err := load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(report{Failed: []string{"p TestA"}}, got); diff != "" {
		t.Errorf("saved (-want +got):\n%s", diff)
	}
}
