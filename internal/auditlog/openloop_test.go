package auditlog

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// BenchmarkOpenLoop measures how long records wait for their acknowledgement when a
// thousand come in a second, whether or not the ones before are acknowledged, and
// beside it, in turns, what a bare write and fdatasync takes at that rate, as
// test/bench/pipeline does for the whole collector. Run it with -benchtime 1x.
func BenchmarkOpenLoop(b *testing.B) {
	const rounds = 5
	record := pending("", 2400)
	dir := b.TempDir()
	l := openLog(b, filepath.Join(dir, "audit"), Options{})
	file, err := os.OpenFile(filepath.Join(dir, "bare"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	var one sync.Mutex
	bare := func() (time.Duration, error) {
		one.Lock() // the wait for another's sync does not count
		defer one.Unlock()
		start := time.Now()
		if _, err := file.Write(record.JSON); err != nil {
			return 0, err
		}
		err := syscall.Fdatasync(int(file.Fd()))
		return time.Since(start), err
	}
	appended := func() (time.Duration, error) {
		start := time.Now()
		_, err := l.Append(context.Background(), record)
		return time.Since(start), err
	}
	var ours, disk []time.Duration
	for b.Loop() {
		for range rounds {
			disk = append(disk, openLoop(b, bare)...)
			ours = append(ours, openLoop(b, appended)...)
		}
	}
	report := func(name string, took []time.Duration) {
		slices.Sort(took)
		for _, p := range []int{50, 90, 99} {
			b.ReportMetric(float64(took[len(took)*p/100].Microseconds()), fmt.Sprintf("%s-p%d-µs", name, p))
		}
	}
	report("log", ours)
	report("bare", disk)
}

// openLoop calls one when it is due, a thousand times a second for two seconds.
func openLoop(b *testing.B, one func() (time.Duration, error)) []time.Duration {
	const senders, interval, span = 64, time.Millisecond, 2 * time.Second
	var next atomic.Int64
	var group sync.WaitGroup
	took := make([][]time.Duration, senders)
	start := time.Now()
	for i := range senders {
		group.Go(func() {
			for {
				due := start.Add(time.Duration(next.Add(1)-1) * interval)
				if due.Sub(start) >= span {
					return
				}
				time.Sleep(time.Until(due))
				d, err := one()
				if err != nil {
					b.Error(err)
					return
				}
				took[i] = append(took[i], d)
			}
		})
	}
	group.Wait()
	return slices.Concat(took...)
}
