// Command testcount shows what tests did, and counts them over several runners.
//
//	go test -json ./... | testcount go -save DIR/go.json
//	testcount total [-failed STEP]... DIR
//
// The first shows a line for each package, and in full only what failed. The second adds up the
// reports in a folder: its own, which e2e/peers writes too, and the JSON of Vitest and Playwright. It names
// what was skipped and what failed, and its last line is the count. Both exit with 1 if anything failed.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := start(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "testcount:", err)
		os.Exit(1)
	}
}

var (
	errUsage  = errors.New("want `testcount go -save FILE` or `testcount total [-failed STEP]... DIR`")
	errFailed = errors.New("tests failed")
)

func start(args []string, in io.Reader, out io.Writer) error {
	if len(args) == 0 {
		return errUsage
	}
	fs := flag.NewFlagSet(args[0], flag.ContinueOnError)
	save := fs.String("save", "", "`file` for the report")
	var steps []string
	fs.Func("failed", "a `step` that failed, perhaps before it ran a test", func(s string) error {
		steps = append(steps, s)
		return nil
	})
	if err := fs.Parse(args[1:]); err != nil {
		return err
	}
	switch {
	case args[0] == "go" && *save != "" && fs.NArg() == 0:
		return countGo(in, out, *save)
	case args[0] == "total" && fs.NArg() == 1:
		return total(out, fs.Arg(0), steps)
	}
	return errUsage
}

func countGo(in io.Reader, out io.Writer, save string) error {
	g := newGoTests(out)
	if err := g.read(in); err != nil {
		return err
	}
	if err := g.report.save(save); err != nil {
		return err
	}
	if len(g.report.Failed) > 0 {
		return errFailed
	}
	return nil
}

func total(out io.Writer, dir string, steps []string) error {
	sum, err := load(dir)
	if err != nil {
		return err
	}
	for _, s := range steps {
		fmt.Fprintf(out, "step failed: %s\n", s)
	}
	if len(sum.Failed) == 0 { // none of them because of a test
		sum.Failed = steps
	}
	sum.write(out)
	switch {
	case len(sum.Failed) > 0:
		return errFailed
	case sum.Passed == 0:
		return errors.New("no test ran")
	}
	return nil
}
