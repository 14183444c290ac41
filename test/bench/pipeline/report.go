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
	maxP50OfBare   = 3.0
	maxP99OfBare   = 4.0
	minRateOfStock = 3.0
	minRate        = 5000.0
	maxCPUOfStock  = 1.5
	maxRSSMB       = 120.0
	maxIdlePercent = 1.0
	maxAgentsMore  = 3.0 // percent of the processor time of an event
)

func (b *bench) printEnvironment(w io.Writer) {
	fmt.Fprintf(w, "%d cores, %s/%s, kernel %s, %s, load %s\n", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH,
		readLine("/proc/sys/kernel/osrelease"), runtime.Version(), readLine("/proc/loadavg"))
	fmt.Fprintf(w, "%d rounds of %s for each load, alternating; requests of one event, %d bytes for a call on average, on %d kept connections\n\n",
		b.rounds, b.phase, b.ours.events.bytes(), connections)
}

// printHost says how far the figures can be trusted.
func (b *bench) printHost(w io.Writer) {
	fmt.Fprintf(w, "\n  of the processor time that this machine wanted, its host gave to others: %s\n", b.host.since())
}

func readLine(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return "unknown"
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return line
}

func loadName(rate int) string {
	if rate == saturation {
		return "saturation"
	}
	return fmt.Sprintf("%d/s", rate)
}

// figures of a side under one load, in one round.
type figures struct {
	perSecond float64
	cpu       time.Duration // per event
	p50, p99  time.Duration
}

func newFigures(took []time.Duration, span, spent time.Duration) figures {
	if len(took) == 0 {
		return figures{}
	}
	slices.Sort(took)
	return figures{
		perSecond: float64(len(took)) / span.Seconds(),
		cpu:       spent / time.Duration(len(took)),
		p50:       percentile(took, 50), p99: percentile(took, 99),
	}
}

// figures are the medians of the rounds: something else that stops the machine
// for a moment spoils one of them.
func (s *side) figures(rate int) figures {
	of := func(get func(figures) float64) float64 {
		var all []float64
		for _, f := range s.rounds[rate] {
			all = append(all, get(f))
		}
		if len(all) == 0 {
			return 0
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	return figures{
		perSecond: of(func(f figures) float64 { return f.perSecond }),
		cpu:       time.Duration(of(func(f figures) float64 { return float64(f.cpu) })),
		p50:       time.Duration(of(func(f figures) float64 { return float64(f.p50) })),
		p99:       time.Duration(of(func(f figures) float64 { return float64(f.p99) })),
	}
}

// percentile of sorted durations, by the nearest rank.
func percentile(sorted []time.Duration, p int) time.Duration {
	return sorted[min(len(sorted)-1, (len(sorted)*p+99)/100-1)]
}

func ms(d time.Duration) string { return fmt.Sprintf("%.3f", float64(d)/float64(time.Millisecond)) }

func us(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// report prints the table, the targets and the result, and tells whether a
// target is missed.
func (b *bench) report(w io.Writer) (missed bool) {
	target := func(ok bool, format string, args ...any) {
		mark := "reached"
		if !ok {
			mark, missed = "MISSED ", true
		}
		fmt.Fprintf(w, "%s  %s\n", mark, fmt.Sprintf(format, args...))
	}
	agents, signals := 0.0, 0.0
	if b.variants != nil {
		b.variants.report(w)
		_, agents, _ = b.variants.more(asShipped)
		_, signals, _ = b.variants.more(withSignals)
		target(signals < maxAgentsMore, "lineage, coordination, traces and metrics add %.1f %% of processor time; without traces and metrics it is %.1f %% (below %.0f)", signals, agents, maxAgentsMore)
		if b.only == onlyAgents {
			b.printHost(w)
			fmt.Fprintf(w, "\nRESULT agents_cpu_percent=%.1f signals_cpu_percent=%.1f\n", agents, signals)
			return missed
		}
		fmt.Fprintln(w)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "load\tside\tevents/s\tp50 ms\tp99 ms\tCPU µs/event\t")
	for _, rate := range []int{slowRate, fastRate, saturation} {
		for _, s := range []*side{b.ours, b.other, b.bare} {
			f := s.figures(rate)
			if f.perSecond == 0 {
				continue
			}
			cpu := "-"
			if s.collector != nil {
				cpu = fmt.Sprintf("%.0f", us(f.cpu))
			}
			fmt.Fprintf(t, "%s\t%s\t%.0f\t%s\t%s\t%s\t\n", loadName(rate), s.name, f.perSecond, ms(f.p50), ms(f.p99), cpu)
		}
	}
	_ = t.Flush()
	fmt.Fprintln(w)
	for _, s := range []*side{b.ours, b.other} {
		fmt.Fprintf(w, "  %-15s largest resident set %.0f MB, idle %.2f %% of a core\n", s.name, s.rss, s.idle)
	}
	b.printHost(w)
	fmt.Fprintln(w)
	fast, stockFast, bareFast := b.ours.figures(fastRate), b.other.figures(fastRate), b.bare.figures(fastRate)
	full, stockFull := b.ours.figures(saturation), b.other.figures(saturation)
	p50, p99 := ratio(us(fast.p50), us(bareFast.p50)), ratio(us(fast.p99), us(bareFast.p99))
	target(p50 <= maxP50OfBare, "acknowledgement p50 at %d/s is %.2f × write and fdatasync (at most %.0f)", fastRate, p50, maxP50OfBare)
	target(p99 <= maxP99OfBare, "acknowledgement p99 at %d/s is %.2f × write and fdatasync (at most %.0f)", fastRate, p99, maxP99OfBare)
	rate := ratio(full.perSecond, stockFull.perSecond)
	target(rate >= minRateOfStock, "saturation is %.2f × stock (at least %.0f)", rate, minRateOfStock)
	target(full.perSecond >= minRate, "saturation is %.0f events/s (at least %.0f)", full.perSecond, minRate)
	cpu := ratio(us(fast.cpu), us(stockFast.cpu))
	target(cpu <= maxCPUOfStock, "processor time per event at %d/s is %.2f × stock (at most %.1f)", fastRate, cpu, maxCPUOfStock)
	target(b.ours.rss <= maxRSSMB, "the largest resident set is %.0f MB (at most %.0f)", b.ours.rss, maxRSSMB)
	target(b.ours.idle < maxIdlePercent, "idle, it takes %.2f %% of a core (below %.0f)", b.ours.idle, maxIdlePercent)
	fmt.Fprintf(w, "\nRESULT events_per_s=%.0f stock_events_per_s=%.0f cpu_us=%.0f stock_cpu_us=%.0f rss_mb=%.0f idle_cpu_percent=%.2f p50_ms=%s p99_ms=%s bare_p50_ms=%s bare_p99_ms=%s agents_cpu_percent=%.1f signals_cpu_percent=%.1f\n",
		full.perSecond, stockFull.perSecond, us(fast.cpu), us(stockFast.cpu), b.ours.rss, b.ours.idle,
		ms(fast.p50), ms(fast.p99), ms(bareFast.p50), ms(bareFast.p99), agents, signals)
	return missed
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}
