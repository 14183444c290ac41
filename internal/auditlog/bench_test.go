package auditlog

import (
	"context"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// BenchmarkAppend measures records of 1.5 KB, each acknowledged on its own.
func BenchmarkAppend(b *testing.B) {
	for name, appenders := range map[string]int{"alone": 1, "16": 16, "256": 256} {
		b.Run(name, func(b *testing.B) {
			l := openLog(b, b.TempDir(), Options{})
			record := pending("", 1400)
			work := make(chan struct{}, appenders)
			var wg sync.WaitGroup
			for range appenders {
				wg.Go(func() {
					for range work {
						if _, err := l.Append(context.Background(), record); err != nil {
							b.Error(err)
						}
					}
				})
			}
			b.SetBytes(int64(len(record.JSON)))
			start := time.Now()
			for b.Loop() {
				work <- struct{}{}
			}
			close(work)
			wg.Wait()
			b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "records/s")
		})
	}
}

func BenchmarkRead(b *testing.B) {
	dir := b.TempDir()
	l := openLog(b, dir, Options{quiet: true})
	many := make([]Pending, 1000)
	for i := range many {
		many[i] = pending(strings.Repeat("e", i%30), 1400)
	}
	for range 10 {
		if _, err := l.Append(context.Background(), many...); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(l.Status().SegmentBytes)
	for name, filter := range map[string]Filter{"all": {}, "one event": {EventID: "not-there"}} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(l.Status().SegmentBytes)
			for b.Loop() {
				if err := Read(context.Background(), dir, filter, func(Entry) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkOpen measures the start on a log of 20,000 records of 1.5 KB.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	l, err := Open(dir, Options{quiet: true})
	if err != nil {
		b.Fatal(err)
	}
	many := make([]Pending, 20_000)
	for i := range many {
		many[i] = pending(strconv.Itoa(i), 1400)
	}
	if _, err := l.Append(context.Background(), many...); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(l.Status().SegmentBytes)
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		l, err := Open(dir, Options{quiet: true})
		if err != nil {
			b.Fatal(err)
		}
		if err := l.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkProcessor measures what a record costs besides the disk's time: 64 in
// each append, and nothing is synced.
func BenchmarkProcessor(b *testing.B) {
	l := openLog(b, b.TempDir(), Options{SegmentMaxBytes: 1 << 40, sync: func(*os.File) error { return nil }})
	many := make([]Pending, 64)
	for i := range many {
		many[i] = pending("", 1400)
	}
	for b.Loop() {
		if _, err := l.Append(context.Background(), many...); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/64, "ns/record")
}

// BenchmarkOneRecord measures what each Append costs besides the disk's time, of a
// record with an id that is new.
func BenchmarkOneRecord(b *testing.B) {
	l := openLog(b, b.TempDir(), Options{SegmentMaxBytes: 1 << 40, sync: func(*os.File) error { return nil }})
	record := pending("", 2400)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		record.EventID, record.Content = strconv.Itoa(i), uint64(i+1)
		if _, err := l.Append(b.Context(), record); err != nil {
			b.Fatal(err)
		}
	}
}
