package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// percentile is the value that so many percent are not above, of those measured.
func percentile(samples []time.Duration, percent int) time.Duration {
	if len(samples) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(samples))
	return sorted[(len(sorted)*percent+99)/100-1]
}

func times(samples []sample) []time.Duration {
	all := make([]time.Duration, len(samples))
	for i, s := range samples {
		all[i] = s.took
	}
	return all
}

// failure is why the panel has no data, when a query failed.
func (f *figures) failure() error {
	for _, s := range slices.Concat(f.together, f.alone) {
		if s.err != nil {
			return s.err
		}
	}
	return nil
}

func cpuTimes(samples []sample) []time.Duration {
	all := make([]time.Duration, len(samples))
	for i, s := range samples {
		all[i] = s.cpu
	}
	return all
}

func (f *figures) p95() time.Duration { return percentile(times(f.together), 95) }

// print shows the panels, the slowest first.
func (r *result) print(w io.Writer, queries bool) {
	what := "every panel, over 24 hours"
	if r.events >= many {
		what = "the default views"
	}
	fmt.Fprintf(w, "\n%d events in 24 hours, %s; milliseconds\n\n", r.events, what)
	sorted := slices.Clone(r.panels)
	slices.SortStableFunc(sorted, func(a, b *figures) int { return cmp.Compare(b.p95(), a.p95()) })
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "dashboard\tpanel\ttype\tqueries\ttogether p50\tp95\talone p50\tp95\tCPU\tlines\tKiB\tseries\t")
	for _, f := range sorted {
		var lines, bytes int64
		series := 0
		for _, a := range f.together[0].queries {
			lines, bytes, series = lines+a.lines, bytes+a.bytes, series+a.series
		}
		together, alone := times(f.together), times(f.alone)
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\n", strings.TrimSuffix(f.panel.file, ".json"), f.panel.Title, f.panel.Type, len(f.panel.Targets),
			percentile(together, 50).Milliseconds(), percentile(together, 95).Milliseconds(), percentile(alone, 50).Milliseconds(), percentile(alone, 95).Milliseconds(), percentile(cpuTimes(f.alone), 50).Milliseconds(), lines, bytes>>10, series)
	}
	_ = table.Flush()
	if queries {
		for _, f := range sorted[:min(len(sorted), 10)] {
			fmt.Fprintf(w, "\n%s\n", f.panel.name())
			for _, q := range f.together[0].queries {
				fmt.Fprintf(w, "  %4d ms %8d lines, step %s: %s\n", q.took.Milliseconds(), q.lines, q.Step, q.Expr)
			}
		}
	}
	for _, f := range sorted {
		if err := f.failure(); err != nil {
			fmt.Fprintf(w, "\nFAILED %s: %v\n", f.panel.name(), err)
		}
	}
	fmt.Fprintf(w, "\nwhole dashboard\n")
	for _, f := range slices.Sorted(func(yield func(string) bool) {
		for file := range r.opening {
			if !yield(file) {
				return
			}
		}
	}) {
		fmt.Fprintf(w, "  %-36s p50 %5d ms, p95 %5d ms\n", f, percentile(r.opening[f], 50).Milliseconds(), percentile(r.opening[f], 95).Milliseconds())
	}
}

func (r *result) slowest() *figures {
	return slices.MaxFunc(r.panels, func(a, b *figures) int { return cmp.Compare(a.p95(), b.p95()) })
}

// summary is the last line, and whether a panel misses the aim.
func summary(all []result) (line string, missed bool) {
	panels, slowest := 0, (*figures)(nil)
	p95 := map[bool]string{false: "-", true: "-"}
	for _, r := range all {
		panels = max(panels, len(r.panels))
		s := r.slowest()
		p95[r.events >= many] = fmt.Sprint(s.p95().Milliseconds())
		if slowest == nil || s.p95() > slowest.p95() {
			slowest = s
		}
		missed = missed || s.p95() > aim || slices.ContainsFunc(r.panels, func(f *figures) bool { return f.failure() != nil })
	}
	return fmt.Sprintf("RESULT panels=%d p95_ms_200k=%s p95_ms_1m_default=%s slowest=%q", panels, p95[false], p95[true], slowest.panel.name()), missed
}
