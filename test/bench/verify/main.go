// Command verify measures how fast an audit log is verified, at several sizes: it
// writes logs as the collector would over weeks (segments of 64 MiB, a checkpoint
// a second at 100 events/s, a heartbeat a minute, a new key a day), and verifies
// each against an anchor.
//
// The last line is
//
//	RESULT verify_records_per_s=… records=… seconds=… linear=… cpu_linear=… cpu_us_per_record=… rss_mib=…
//
// of the largest log; linear is how much longer a record takes there than in the
// smallest one, and cpu_linear how much more work it is: on a machine that others
// use, too, the work is the steadier figure.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditverify"
	"github.com/agent-telemetry/agent-telemetry/internal/auditverify/logfixture"
)

// What is to be reached.
const (
	wantRate   = 200_000
	wantLinear = 1.25
)

type options struct {
	sizes string
	dir   string
	runs  int
	check bool
}

var errMissed = errors.New("a target is missed")

func main() {
	var o options
	flag.StringVar(&o.sizes, "sizes", "100000,300000,1000000", "records of the logs, comma separated, smallest first")
	flag.StringVar(&o.dir, "dir", "", "where the logs are written (default: the system's temporary directory); 10 million records need 10 GB")
	flag.IntVar(&o.runs, "runs", 3, "how often each log is verified; the median counts")
	flag.BoolVar(&o.check, "check", false, "exit with 1 when a target is missed")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench-verify:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (err error) {
	sizes, err := parseSizes(o.sizes)
	if err != nil {
		return err
	}
	fmt.Printf("%s, %s/%s, %d processors\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0))
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(table, "records\tMiB\tcheckpoints\tseconds\trecords/s\tMiB/s\tCPU s\theap MiB\tRSS MiB\t")
	var results []result
	for _, n := range sizes {
		r, err := measure(ctx, o, n)
		if err != nil {
			return err
		}
		results = append(results, r)
		_, _ = fmt.Fprintf(table, "%d\t%.0f\t%d\t%.3f\t%.0f\t%.0f\t%.3f\t%.0f\t%.0f\t\n", r.records, r.mib, r.checkpoints, r.seconds, r.rate(), r.mib/r.seconds, r.cpu, r.heap, r.rss)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	first, last := results[0], results[len(results)-1]
	linear := (last.seconds / float64(last.records)) / (first.seconds / float64(first.records))
	work := func(r result) float64 { return r.cpu / float64(r.records) }
	fmt.Printf("\nRESULT verify_records_per_s=%.0f records=%d seconds=%.3f linear=%.2f cpu_linear=%.2f cpu_us_per_record=%.2f rss_mib=%.0f\n",
		last.rate(), last.records, last.seconds, linear, work(last)/work(first), work(last)*1e6, last.rss)
	if o.check && (last.rate() < wantRate || linear > wantLinear) {
		return errMissed
	}
	return nil
}

func parseSizes(text string) ([]int64, error) {
	var sizes []int64
	for word := range strings.SplitSeq(text, ",") {
		n, err := strconv.ParseInt(strings.TrimSpace(word), 10, 64)
		if err != nil || n < 1000 {
			return nil, fmt.Errorf("--sizes: %q is no number of records from 1000 on", word)
		}
		sizes = append(sizes, n)
	}
	return sizes, nil
}

type result struct {
	records, checkpoints int64
	mib, seconds, cpu    float64
	heap, rss            float64 // MiB at the end, largest so far
}

func (r result) rate() float64 { return float64(r.records) / r.seconds }

func measure(ctx context.Context, o options, n int64) (r result, err error) {
	dir, err := os.MkdirTemp(o.dir, "bench-verify-")
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	v, err := writeLog(ctx, filepath.Join(dir, "audit"), filepath.Join(dir, "anchor"), n)
	if err != nil {
		return r, fmt.Errorf("write a log of %d records: %w", n, err)
	}
	var took, work []float64
	for range o.runs {
		debug.FreeOSMemory()
		before := cpuSeconds()
		rep, err := auditverify.Verify(ctx, v)
		if err != nil {
			return r, err
		}
		work = append(work, cpuSeconds()-before)
		if rep.Verdict != auditverify.Verified {
			return r, fmt.Errorf("the log of %d records is %s: %s", n, rep.Verdict, rep.Reason)
		}
		took = append(took, rep.Seconds)
		r.records, r.checkpoints, r.mib = rep.Records, rep.Checkpoints, float64(rep.Bytes)/(1<<20)
	}
	r.seconds, r.cpu = median(took), median(work)
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	r.heap, r.rss = float64(m.HeapInuse)/(1<<20), maxRSS()
	return r, nil
}

// Rates of the log that is written.
const (
	eventsPerSecond  = 100
	sessions         = 20
	bytesPerSegment  = 64 << 20
	bytesPerRecord   = 1000 // about
	secondsPerEpoch  = 24 * 3600
	secondsPerRecord = time.Second / eventsPerSecond
)

func writeLog(ctx context.Context, dir, anchor string, n int64) (auditverify.Options, error) {
	w, err := logfixture.New(logfixture.Options{Dir: dir, SegmentRecords: bytesPerSegment / bytesPerRecord, Step: secondsPerRecord})
	if err != nil {
		return auditverify.Options{}, err
	}
	o := auditverify.Options{Dir: dir, VKey: w.VKey, Anchors: []string{anchor}}
	if err := w.Lifecycle("start"); err != nil {
		return o, err
	}
	numbers := make([]int, sessions)
	for i := int64(0); w.Size() < n-1; i++ {
		s := int(i % sessions)
		numbers[s]++
		if err := w.Event("0197a2b4-0000-7000-8000-0000000000"+strconv.Itoa(10+s), numbers[s]); err != nil {
			return o, err
		}
		switch {
		case i%(secondsPerEpoch*eventsPerSecond) == secondsPerEpoch*eventsPerSecond-1:
			err = w.NextEpoch()
		case i%(60*eventsPerSecond) == 0:
			err = w.Lifecycle("heartbeat")
		case i%eventsPerSecond == 0:
			_, err = w.Checkpoint()
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return o, err
		}
	}
	if err := w.Lifecycle("stop"); err != nil {
		return o, err
	}
	last, err := w.Checkpoint()
	if err == nil {
		err = errors.Join(os.WriteFile(anchor, last, 0o600), w.Close())
	}
	o.Now = func() time.Time { return w.Now }
	return o, err
}
