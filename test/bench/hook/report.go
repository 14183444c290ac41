package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// Targets.
const (
	maxHookOfFloor  = 2.5
	minScriptOfHook = 30.0
	maxHTTP         = time.Millisecond
	maxDownOfHook   = 2.0
)

func printEnvironment(w io.Writer, samples int) {
	kernel, load := readLine("/proc/sys/kernel/osrelease"), readLine("/proc/loadavg")
	fmt.Fprintf(w, "%d cores, %s/%s, kernel %s, %s, load %s\n", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, kernel, runtime.Version(), load)
	fmt.Fprintf(w, "%d samples of each, interleaved, after %d rounds of warming up; half of them PostToolUse(Edit) of %d bytes, half PreToolUse(Bash) of %d bytes\n\n",
		samples, warmUp, len(payload(wayHook, "/srv/projects/shop", 0)), len(payload(wayHook, "/srv/projects/shop", 1)))
}

func readLine(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return "unknown"
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return line
}

// percentile of sorted durations, by the nearest rank.
func percentile(sorted []time.Duration, p int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, (len(sorted)*p+99)/100-1)]
}

func ms(d time.Duration) string { return fmt.Sprintf("%.3f", float64(d)/float64(time.Millisecond)) }

// report prints the table, the targets and the result, and tells whether a
// target is missed.
func report(w io.Writer, ways []*way) (missed bool) {
	p50 := map[string]time.Duration{}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "way\tp50 ms\tp90 ms\tp99 ms\tmin ms\tof floor\t")
	for _, way := range ways {
		if way.skipped != "" {
			fmt.Fprintf(t, "%s\tskipped: %s\t\t\t\t\t\n", way.name, way.skipped)
			continue
		}
		sorted := slices.Sorted(slices.Values(way.took))
		p50[way.name] = percentile(sorted, 50)
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%.2f\t\n", way.name, ms(p50[way.name]), ms(percentile(sorted, 90)),
			ms(percentile(sorted, 99)), ms(sorted[0]), ratio(p50[way.name], p50[wayFloor]))
	}
	_ = t.Flush()
	fmt.Fprintln(w)
	for _, way := range ways {
		fmt.Fprintf(w, "  %-22s %s\n", way.name, way.what)
	}
	fmt.Fprintln(w)
	target := func(ok bool, format string, args ...any) {
		mark := "reached"
		if !ok {
			mark, missed = "MISSED ", true
		}
		fmt.Fprintf(w, "%s  %s\n", mark, fmt.Sprintf(format, args...))
	}
	hook, down := p50[wayHook], p50[wayDown]
	target(ratio(hook, p50[wayFloor]) <= maxHookOfFloor, "claude-hook is %.2f × the floor (at most %.1f)", ratio(hook, p50[wayFloor]), maxHookOfFloor)
	script := "skipped"
	if p50[wayScript] > 0 {
		script = ms(p50[wayScript])
		target(ratio(p50[wayScript], hook) >= minScriptOfHook, "claude-hook is %.1f × faster than the script (at least %.0f)", ratio(p50[wayScript], hook), minScriptOfHook)
	}
	target(p50[wayHTTP] <= maxHTTP, "an HTTP hook takes %s ms (at most %s)", ms(p50[wayHTTP]), ms(maxHTTP))
	limit := time.Duration(maxDownOfHook*float64(hook)) + p50[wayFsync]
	target(down <= limit, "without a collector %s ms (at most 2 × claude-hook + one fsync = %s)", ms(down), ms(limit))
	fmt.Fprintf(w, "\nRESULT floor_p50_ms=%s hook_p50_ms=%s http_p50_ms=%s script_p50_ms=%s down_p50_ms=%s\n",
		ms(p50[wayFloor]), ms(hook), ms(p50[wayHTTP]), script, ms(down))
	return missed
}

func ratio(a, b time.Duration) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
