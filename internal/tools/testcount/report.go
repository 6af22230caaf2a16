package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// A report is what one runner did, or several.
type report struct {
	Passed  int       `json:"passed"`
	Failed  []string  `json:"failed,omitempty"` // names
	Skipped []skipped `json:"skipped,omitempty"`
}

type skipped struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

func (r *report) skip(name, reason string) {
	if reason == "" {
		reason = "no reason given"
	}
	r.Skipped = append(r.Skipped, skipped{name, reason})
}

func (r *report) add(o report) {
	r.Passed += o.Passed
	r.Failed = append(r.Failed, o.Failed...)
	r.Skipped = append(r.Skipped, o.Skipped...)
}

func (r *report) save(file string) error {
	data, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return os.WriteFile(file, data, 0o600)
}

// write ends with the count.
func (r *report) write(w io.Writer) {
	for _, s := range r.Skipped {
		fmt.Fprintf(w, "skipped: %s: %s\n", s.Name, s.Reason)
	}
	for _, name := range r.Failed {
		fmt.Fprintf(w, "failed: %s\n", name)
	}
	fmt.Fprintf(w, "%d passed, %d failed, %d skipped\n", r.Passed, len(r.Failed), len(r.Skipped))
}

// load adds up the reports in a folder; none is as good as an empty one.
func load(dir string) (report, error) {
	var sum report
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return sum, err
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return sum, err
		}
		r, err := parse(data)
		if err != nil {
			return sum, fmt.Errorf("%s: %w", file, err)
		}
		sum.add(r)
	}
	return sum, nil
}

// parse reads a report of any of the runners.
func parse(data []byte) (report, error) {
	var doc struct {
		report
		Vitest     []vitestFile      `json:"testResults"`
		Playwright []playwrightSuite `json:"suites"`
		Errors     []playwrightError `json:"errors"` // of Playwright, outside every test
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		return report{}, err
	}
	for _, f := range doc.Vitest {
		f.addTo(&doc.report)
	}
	for _, s := range doc.Playwright {
		s.addTo(&doc.report, "")
	}
	for _, e := range doc.Errors {
		doc.Failed = append(doc.Failed, e.Message)
	}
	return doc.report, nil
}
