// Command pipeline measures what the collector costs beside a stock collector
// pipeline of the same program, and beside a bare write and fdatasync, in one
// run: rounds alternate, so that whatever else the machine does hits all alike.
//
// The last line is
//
//	RESULT events_per_s=… stock_events_per_s=… cpu_us=… stock_cpu_us=… rss_mb=… idle_cpu_percent=… p50_ms=… p99_ms=… bare_p50_ms=… bare_p99_ms=… agents_cpu_percent=… signals_cpu_percent=…
//
// agents_cpu_percent is what lineage and coordination add to the processor time of an
// event, signals_cpu_percent what they add together with traces and metrics.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

func main() {
	var o options
	flag.IntVar(&o.rounds, "rounds", 3, "how often each load is put on each side")
	flag.DurationVar(&o.phase, "phase", 5*time.Second, "how long a load lasts")
	flag.DurationVar(&o.idle, "idle", 10*time.Second, "how long the collectors are watched while nothing happens")
	flag.StringVar(&o.config, "config", "", "the collector's configuration FILE instead of the shipped one, for instance with pprof")
	flag.StringVar(&o.only, "only", "", "put only this load on the sides: 100/s, 1000/s or saturation; or agents: measure only what their analysis costs")
	flag.IntVar(&o.agentRounds, "agent-rounds", 21, "how often each collector is measured for what the analysis of agents costs")
	flag.BoolVar(&o.check, "check", false, "exit with 1 when a target is missed")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench-pipeline:", err)
		os.Exit(1)
	}
}

type options struct {
	rounds      int
	phase, idle time.Duration
	config      string
	only        string
	agentRounds int
	check       bool
}

var errMissed = errors.New("a target is missed")

func run(ctx context.Context, o options) (err error) {
	if o.rounds < 1 || o.agentRounds < 1 || o.phase < time.Second || o.idle < time.Second {
		return errors.New("-rounds and -agent-rounds are at least 1, -phase and -idle at least 1s")
	}
	b, err := newBench(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	b.printEnvironment(os.Stdout)
	if err := b.measure(ctx); err != nil {
		return err
	}
	if missed := b.report(os.Stdout); missed && o.check {
		return errMissed
	}
	return nil
}
