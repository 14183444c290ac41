// Command detection measures what the default rules find in labelled commands, and
// how long judging one takes, from its text to the matches.
//
// It reads a JSONL file of cases: command, label (malicious or benign), category,
// tier, evasion, cwd. Categories are of the malicious; of the benign the tier
// recorded is what real agents ran, and hard_negative what only looks malicious. An
// alert counts from medium up.
//
// The last line is
//
//	RESULT macro=… fpr_recorded=… fpr_lookalike=… bypass=… p50_us=… p99_us=…
//
// Without -data it reads those in cases/, which were written by somebody who knew
// neither rules nor facts, and were first judged as they are.
//
// macro is the mean of the categories' detection, bypass the share of the malicious
// cases with an evasion that are not found; the times are of commands up to 4 KiB.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/detection"
)

// What is to be reached.
const (
	wantMacro     = 0.85
	wantCategory  = 0.60
	wantRecorded  = 0.005
	wantLookalike = 0.01
	wantCaught    = 0.90
	wantP99       = time.Millisecond
)

// maxTimed is the longest command whose time counts, in bytes.
const maxTimed = 4 << 10

type options struct {
	data  string
	rules string
	runs  int
	list  string
	check bool
}

var errMissed = errors.New("a target is missed")

func main() {
	var o options
	flag.StringVar(&o.data, "data", "test/bench/detection/cases", "the cases: a JSONL file or a directory of them")
	flag.StringVar(&o.rules, "rules", "", "a user's rule file besides the defaults")
	flag.IntVar(&o.runs, "runs", 5, "how often each command is timed; the fastest counts, since others use the machine, too")
	flag.StringVar(&o.list, "list", "", "list the cases that are judged wrongly: all, a category or a tier")
	flag.BoolVar(&o.check, "check", false, "exit with 1 when a target is missed")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "bench-detection:", err)
		os.Exit(1)
	}
}

func run(o options) error {
	cases, err := read(o.data)
	if err != nil {
		return err
	}
	sources := []detection.Source{detection.Defaults()}
	if o.rules != "" {
		data, err := detection.ReadFile(o.rules)
		if err != nil {
			return err
		}
		sources = append(sources, detection.Source{Name: o.rules, Data: data, User: true})
	}
	rs, faults := detection.Load(sources...)
	if err := faults.Err(); err != nil {
		return err
	}
	fmt.Printf("%s, %s/%s, %d processors; %d rules (%s), %d cases\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0), len(rs.Rules()), rs.Hash(), len(cases))
	var score detection.Score
	for _, c := range cases {
		r := rs.JudgeCase(c)
		score.Add(c, r.Alerted)
		if wrong := r.Alerted != (c.Label == "malicious"); wrong && (o.list == "all" || o.list != "" && (o.list == c.Category || o.list == c.Tier)) {
			fmt.Printf("%s\t%s\t%v\t%q\t%s\n", c.Category, c.Tier, c.Evasion, c.Command, strings.Join(r.Rules, ","))
		}
	}
	p50, p99 := latency(rs, cases, o.runs)
	report(os.Stdout, &score)
	return result(&score, p50, p99, o.check)
}

func read(path string) ([]detection.Case, error) {
	files := []string{path}
	if info, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("read the cases, which -data names: %w", err)
	} else if info.IsDir() {
		if files, err = filepath.Glob(filepath.Join(path, "*.jsonl")); err != nil {
			return nil, err
		}
	}
	var cases []detection.Case
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		for c, err := range detection.ReadCases(f) {
			if err != nil {
				_ = f.Close() // it was read only
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			cases = append(cases, c)
		}
		_ = f.Close() // it was read only
	}
	if len(cases) == 0 {
		return nil, fmt.Errorf("%s holds no cases", path)
	}
	return cases, nil
}

// latency times each command and gives the median and the 99th percentile of all.
func latency(rs *detection.Ruleset, cases []detection.Case, runs int) (p50, p99 time.Duration) {
	var times []time.Duration
	for _, c := range cases {
		if len(c.Command) > maxTimed {
			continue
		}
		best := time.Hour
		for range max(runs, 1) {
			began := time.Now()
			rs.JudgeCommand(c.Command, c.Dir)
			best = min(best, time.Since(began))
		}
		times = append(times, best)
	}
	slices.Sort(times)
	if len(times) == 0 {
		return 0, 0
	}
	return times[len(times)/2], times[len(times)*99/100]
}

func report(w io.Writer, s *detection.Score) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	section := func(title, hit string, m map[string]*detection.Tally) {
		_, _ = fmt.Fprintf(table, "%s\tcases\t%s\t\t\n", title, hit)
		for _, n := range detection.Names(m) {
			_, _ = fmt.Fprintf(table, "%s\t%d\t%d\t%.1f %%\t\n", n, m[n].All, m[n].Hit, 100*m[n].Rate())
		}
		_, _ = fmt.Fprintln(table, "\t\t\t\t")
	}
	section("malicious", "found", s.Categories)
	section("benign", "alerted", s.Tiers)
	section("evasion", "found", s.Evasions)
	_ = table.Flush() // to the terminal
}

func result(s *detection.Score, p50, p99 time.Duration, check bool) error {
	recorded, lookalike := s.Tier("recorded").Rate(), s.Tier("hard_negative").Rate()
	worst, rate := s.Worst()
	fmt.Printf("lowest category: %s, %.1f %%\n\n", worst, 100*rate)
	us := func(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
	fmt.Printf("RESULT macro=%.4f fpr_recorded=%.4f fpr_lookalike=%.4f bypass=%.4f p50_us=%.1f p99_us=%.1f\n",
		s.Macro(), recorded, lookalike, 1-s.Hidden.Rate(), us(p50), us(p99))
	if check && (missed(s) || p99 >= wantP99) {
		return errMissed
	}
	return nil
}

// missed reports whether too little is found, or too much.
func missed(s *detection.Score) bool {
	_, rate := s.Worst()
	return s.Macro() < wantMacro || rate < wantCategory || s.Hidden.Rate() < wantCaught ||
		s.Tier("recorded").Rate() > wantRecorded || s.Tier("hard_negative").Rate() > wantLookalike
}
