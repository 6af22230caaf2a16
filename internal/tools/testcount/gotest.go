package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"regexp"
	"runtime/debug"
	"strings"
)

// event is a line of `go test -json`; see `go doc test2json`.
type event struct {
	Action  string
	Package string
	Test    string
	Elapsed float64
	Output  string
}

// A test with subtests stands for nothing of its own: its subtests are counted, and itself only if it
// fails although none of them did.
type goTests struct {
	report report
	out    io.Writer
	module string
	pkgs   map[string]*goPackage
}

type goPackage struct {
	report  report
	output  map[string]*strings.Builder // by test, "" = the package; of what has not ended yet
	parents map[string]bool
	blamed  map[string]bool // parents of which a subtest has failed
}

func newGoTests(out io.Writer) *goTests {
	g := &goTests{out: out, pkgs: map[string]*goPackage{}}
	if info, ok := debug.ReadBuildInfo(); ok {
		g.module = info.Main.Path + "/"
	}
	return g
}

func (g *goTests) read(in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if jerr := json.Unmarshal(line, &e); jerr != nil {
				fmt.Fprintf(g.out, "%s", line) // not an event: something that go itself says
			} else {
				g.event(e)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the tests' output: %w", err)
		}
	}
}

func (g *goTests) event(e event) {
	if e.Action == "build-output" {
		fmt.Fprint(g.out, e.Output)
		return
	}
	if e.Package == "" {
		return
	}
	p := g.pkgs[e.Package]
	if p == nil {
		p = &goPackage{output: map[string]*strings.Builder{}, parents: map[string]bool{}, blamed: map[string]bool{}}
		g.pkgs[e.Package] = p
	}
	if e.Action == "output" {
		p.write(e.Test, e.Output)
		return
	}
	name := strings.TrimPrefix(e.Package, g.module)
	if e.Test == "" {
		g.endPackage(p, name, e)
		return
	}
	g.endTest(p, name, e)
}

func (p *goPackage) write(test, s string) {
	b := p.output[test]
	if b == nil {
		b = &strings.Builder{}
		p.output[test] = b
	}
	b.WriteString(s)
}

func (p *goPackage) take(test string) string {
	b := p.output[test]
	delete(p.output, test)
	if b == nil {
		return ""
	}
	return b.String()
}

func (g *goTests) endTest(p *goPackage, pkg string, e event) {
	name := pkg + " " + e.Test
	switch e.Action {
	case "run":
		for parent := range parents(e.Test) {
			p.parents[parent] = true
		}
	case "pass":
		p.take(e.Test)
		if !p.parents[e.Test] {
			p.report.Passed++
		}
	case "skip":
		p.report.skip(name, reason(p.take(e.Test)))
	case "fail":
		fmt.Fprintf(g.out, "--- %s\n%s", name, p.take(e.Test))
		if !p.blamed[e.Test] {
			p.report.Failed = append(p.report.Failed, name)
		}
		for parent := range parents(e.Test) {
			p.blamed[parent] = true
		}
	}
}

func (g *goTests) endPackage(p *goPackage, name string, e event) {
	switch e.Action {
	case "pass":
	case "fail":
		for test := range p.output { // what was running when the package ended, and the package itself
			fmt.Fprint(g.out, p.take(test))
		}
		if len(p.report.Failed) == 0 { // did not build, timed out, or a TestMain that was not content
			p.report.Failed = []string{name}
		}
	default: // start, or skip: no test files
		return
	}
	r := p.report
	fmt.Fprintf(g.out, "%s %s  %.1f s  %d passed, %d failed, %d skipped\n",
		map[bool]string{true: "ok  ", false: "FAIL"}[len(r.Failed) == 0], name, e.Elapsed, r.Passed, len(r.Failed), len(r.Skipped))
	g.report.add(r)
	delete(g.pkgs, e.Package)
}

// parents yields the names of the tests that a subtest is part of.
func parents(test string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range len(test) {
			if test[i] == '/' && !yield(test[:i]) {
				return
			}
		}
	}
}

// said matches what a test logs: "    bus_test.go:41: three nodes take seconds to start".
var said = regexp.MustCompile(`(?m)^\s*\S+\.go:\d+: (.*)$`)

// reason is the last that a skipped test said.
func reason(output string) string {
	all := said.FindAllStringSubmatch(output, -1)
	if len(all) == 0 {
		return ""
	}
	return strings.TrimSpace(all[len(all)-1][1])
}
