// Command hook measures what a hook costs Claude Code, side by side in one run:
// a bare Go process, claude-hook, an HTTP hook, a shell script as one would
// write it, and claude-hook while no collector runs. Rounds are interleaved, so
// that whatever else the machine does hits all of them alike.
//
// The last line is
//
//	RESULT floor_p50_ms=… hook_p50_ms=… http_p50_ms=… script_p50_ms=… down_p50_ms=…
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

// minSamples is the least that a percentile of one in a hundred can stand on.
const minSamples = 300

func main() {
	var o options
	flag.IntVar(&o.samples, "samples", minSamples, "how often each way is measured")
	flag.StringVar(&o.only, "only", "", "measure only these ways, comma separated: floor, hook, before, enforce, http, script, down, fsync")
	flag.BoolVar(&o.check, "check", false, "exit with 1 when a target is missed")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench-hook:", err)
		os.Exit(1)
	}
}

type options struct {
	samples int
	only    string
	check   bool
}

var errMissed = errors.New("a target is missed")

func run(ctx context.Context, o options) (err error) {
	if o.samples < minSamples {
		return fmt.Errorf("--samples is %d, at least %d are needed for a p99", o.samples, minSamples)
	}
	b, err := newBench(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := b.keep(o.only); err != nil {
		return err
	}
	printEnvironment(os.Stdout, o.samples)
	if err := b.measure(ctx, o.samples); err != nil {
		return err
	}
	missed := report(os.Stdout, b.ways)
	if missed && o.check {
		return errMissed
	}
	return nil
}
