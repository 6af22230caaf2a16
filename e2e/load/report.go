package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// row is a figure of a scenario, as the servers showed it in every run.
type row struct {
	scenario, figure string
	by               map[string][]float64 // by server
}

// report collects what is measured.
type report struct{ rows []*row }

func (r *report) add(scenario, server string, f figures) {
	for _, figure := range order {
		v, ok := f[figure]
		if !ok {
			continue
		}
		i := slices.IndexFunc(r.rows, func(x *row) bool { return x.scenario == scenario && x.figure == figure })
		if i < 0 {
			i = len(r.rows)
			r.rows = append(r.rows, &row{scenario, figure, map[string][]float64{}})
		}
		r.rows[i].by[server] = append(r.rows[i].by[server], v)
	}
}

// order is that of the figures of a scenario.
var order = []string{
	rssNatural, rssGC, cpuConnect, cpuMessage, cpuPaced, p50, p99, allShown50, allShown99, recovery, lostState, calm99, storm99,
}

// write writes a table in Markdown for every scenario: the median of the runs with their extremes, and its
// ratio to the server that is compared with, which is the last.
func (r *report) write(w io.Writer, cases []scenario) error {
	var b strings.Builder
	for _, c := range cases {
		against := c.servers[len(c.servers)-1]
		fmt.Fprintf(&b, "\n### %s\n\n| |", c.title)
		for _, name := range c.servers {
			fmt.Fprintf(&b, " %s |", name)
			if name != against {
				b.WriteString(" ratio |")
			}
		}
		b.WriteString("\n|---|" + strings.Repeat("---|", 2*len(c.servers)-1) + "\n")
		for _, x := range r.rows {
			if x.scenario != c.name {
				continue
			}
			fmt.Fprintf(&b, "| %s |", x.figure)
			for _, name := range c.servers {
				values := x.by[name]
				fmt.Fprintf(&b, " %s |", spread(values))
				if name != against {
					fmt.Fprintf(&b, " %s |", ratio(median(values), median(x.by[against])))
				}
			}
			b.WriteString("\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	v := slices.Sorted(slices.Values(values))
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

func spread(values []float64) string {
	if len(values) == 0 {
		return "–"
	}
	return fmt.Sprintf("%s (%s–%s)", number(median(values)), number(slices.Min(values)), number(slices.Max(values)))
}

// number has three digits that mean something.
func number(v float64) string {
	switch {
	case v >= 100 || v == 0:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

func ratio(a, b float64) string {
	if b == 0 {
		return "–"
	}
	return fmt.Sprintf("**%.2f**", a/b)
}
