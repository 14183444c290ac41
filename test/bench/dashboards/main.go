// Command dashboards measures how long the panels of our dashboards take: it starts a
// Loki as we configure it, fills it with a day of events, their roll-ups and what is
// recorded of how agents worked together, through the collector's own exporters, and asks
// what Grafana would ask.
//
// Every figure is cold. Before each opening of a dashboard Loki is started anew, so that
// none of its caches holds anything, and its caches of results are off: a panel that is
// looked at again, or beside one with the same query, is faster than it is here. What
// the operating system holds of Loki's files stays in its memory, as it would on a
// machine that wrote them today.
//
// A panel is measured in two ways. Together: all panels of the dashboard that are open at
// once, as a browser has them asked for, at most six at a time, and then those in its
// collapsed rows, as if all of these were opened at once; a panel's time runs from when
// its turn comes until it has all its data. Alone: one after another, in a Loki that has
// just been started. A panel with several queries asks them one after the other. CPU is
// the processor time that Loki needs for a panel alone: it says most on a machine that is
// busy with something else, on which the times say little.
//
// With a day of 200,000 events every panel of every dashboard is measured over 24
// hours, those in collapsed rows, too, and of the longest session, or the one with most
// agents where the dashboard is about these; with 1,000,000 the
// default view: the panels that are open, over the dashboard's own time range, of the
// session that Grafana chooses.
//
// The last line is
//
//	RESULT panels=… p95_ms_200k=… p95_ms_1m_default=… slowest=…
//
// where p95_ms is that of the slowest panel together with the others.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/shirou/gopsutil/v4/load"
)

// aim is what every panel is to stay below.
const aim = time.Second

type options struct {
	sizes  string
	runs   int
	keep   string
	only   *regexp.Regexp
	width  int
	check  bool
	detail bool
	alone  bool
}

var errMissed = fmt.Errorf("a panel fails, or takes longer than %s (p95)", aim)

func main() {
	var o options
	var only string
	flag.StringVar(&o.sizes, "events", "200000,1000000", "events of the day, comma separated")
	flag.IntVar(&o.runs, "runs", 5, "how often each dashboard is opened")
	flag.StringVar(&o.keep, "keep", "", "a directory for Loki's data, which a later run uses again (default: a temporary one)")
	flag.StringVar(&only, "only", "", "measure only the dashboards and panels whose `PATTERN` matches \"file panel\"")
	flag.IntVar(&o.width, "width", 1600, "pixels that the dashboards are wide: decides about the steps of time series")
	flag.BoolVar(&o.check, "check", false, "exit with 1 when a panel's p95 is above one second")
	flag.BoolVar(&o.detail, "queries", false, "show each query of the slowest panels")
	flag.BoolVar(&o.alone, "alone", true, "measure each panel alone, too")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	var err error
	if o.only, err = regexp.Compile(only); err == nil {
		err = run(ctx, o)
	}
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench-dashboards:", err)
		os.Exit(1)
	}
}

// loadAverage says how busy the machine is before, where that can be known.
func loadAverage() string {
	a, err := load.Avg()
	if err != nil {
		return ""
	}
	return fmt.Sprintf(", load average %.1f", a.Load1)
}

func run(ctx context.Context, o options) (err error) {
	boards, err := loadBoards(o)
	if err != nil {
		return err
	}
	if o.keep == "" {
		if o.keep, err = os.MkdirTemp("", "bench-dashboards-"); err != nil {
			return fmt.Errorf("make a directory: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(o.keep)) }()
	}
	fmt.Printf("%s, %s/%s, %d processors%s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0), loadAverage())
	var all []result
	for text := range strings.SplitSeq(o.sizes, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 1000 {
			return fmt.Errorf("-events: %q is not a number of at least 1000", text)
		}
		r, err := measure(ctx, o, boards, n)
		if err != nil {
			return err
		}
		r.print(os.Stdout, o.detail)
		all = append(all, r)
	}
	line, missed := summary(all)
	fmt.Println(line)
	if missed && o.check {
		return errMissed
	}
	return nil
}
