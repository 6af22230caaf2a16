// Package conf reads a program's settings from flags and, failing that, from the environment. The
// declaration of a flag is its documentation.
package conf

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// Parse sets the flags that define declares: from args, else from the environment, where -nats-url
// is NATS_URL, else from their defaults. An error names the flag or the variable.
// [flag.ErrHelp] means that help was asked for and has been written.
func Parse(name string, args []string, getenv func(string) string, define func(*flag.FlagSet)) error {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(io.Discard) // the error is the caller's to show
	define(fs)
	var errs error
	fs.VisitAll(func(f *flag.Flag) {
		if v := getenv(Env(f.Name)); v != "" {
			if err := fs.Set(f.Name, v); err != nil {
				errs = errors.Join(errs, fmt.Errorf("%s=%q: %w", Env(f.Name), v, err))
			}
		}
	})
	err := fs.Parse(args) // args win: they are applied last
	if errors.Is(err, flag.ErrHelp) {
		fs.SetOutput(os.Stderr)
		fs.Usage()
		return err
	}
	if err == nil && fs.NArg() > 0 {
		err = fmt.Errorf("unexpected argument %q", fs.Arg(0))
	}
	return errors.Join(errs, err)
}

// Env is the environment variable of a flag.
func Env(flagName string) string {
	return strings.ToUpper(strings.ReplaceAll(flagName, "-", "_"))
}

// Markdown is a table of the flags that define declares, for the documentation.
func Markdown(define func(*flag.FlagSet)) string {
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	define(fs)
	var b strings.Builder
	b.WriteString("| flag | variable | default | what |\n|---|---|---|---|\n")
	fs.VisitAll(func(f *flag.Flag) {
		_, usage := flag.UnquoteUsage(f)
		def := ""
		if f.DefValue != "" {
			def = "`" + f.DefValue + "`"
		}
		fmt.Fprintf(&b, "| `-%s` | `%s` | %s | %s |\n", f.Name, Env(f.Name), def, strings.ReplaceAll(usage, "|", "\\|"))
	})
	return b.String()
}
