package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/test/eventgen"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
	"github.com/agent-telemetry/agent-telemetry/test/lokipush"
)

// day is what a Loki was filled with.
type day struct {
	Events  int
	End     time.Time
	Session string // with most events
	First   string // by the alphabet
	Rollups int
	// Together are the records of how agents worked together.
	Together int
	Agents   string // the session that called most agents
	Took     time.Duration
}

// span is the time of the events.
const span = 24 * time.Hour

// fill makes a Loki's data in dir, unless they are there, and returns that Loki
// without having started it.
func fill(ctx context.Context, dir string, events int) (*harness.LokiServer, day, error) {
	bin, err := harness.FindBinaries()
	if bin.Loki == "" || err != nil {
		return nil, day{}, err
	}
	dir = filepath.Join(dir, strconv.Itoa(events))
	loki, err := harness.NewLoki(bin, dir, withoutResultCaches)
	if err != nil {
		return nil, day{}, err
	}
	record := filepath.Join(dir, "day.json")
	if text, err := os.ReadFile(record); err == nil {
		var d day
		if err := json.Unmarshal(text, &d); err != nil {
			return nil, d, fmt.Errorf("read %s: %w", record, err)
		}
		fmt.Printf("\n%d events of %s, filled before\n", d.Events, d.End.Format(time.DateTime))
		return loki, d, nil
	}
	if err := loki.Start(ctx); err != nil {
		return nil, day{}, err
	}
	began := time.Now()
	d, err := push(ctx, loki.URL, events)
	// What is in memory is written when it ends.
	if err = errors.Join(err, loki.Stop()); err != nil {
		return nil, d, err
	}
	// Everything is in chunks now. What would be read again from the write-ahead log
	// would be there twice, which on a Loki that runs for a day it is not.
	if err := os.RemoveAll(filepath.Join(dir, "data", "wal")); err != nil {
		return nil, d, fmt.Errorf("remove the write-ahead log: %w", err)
	}
	d.Took = time.Since(began)
	fmt.Printf("\n%d events, %d roll-ups and %d records of agents' work together written in %.0f s\n", d.Events, d.Rollups, d.Together, d.Took.Seconds())
	text, err := json.Marshal(d)
	if err == nil {
		err = os.WriteFile(record, text, 0o600)
	}
	return loki, d, err
}

// withoutResultCaches changes our configuration of Loki: a header is not enough to have
// every result computed.
func withoutResultCaches(config string) string {
	for _, cache := range []string{"cache_results", "cache_instant_metric_results"} {
		config = strings.Replace(config, cache+": true", cache+": false", 1)
	}
	return config
}

// push sends a day of events and their roll-ups, in the order of time, each kind
// through an exporter of its own as in the collector.
func push(ctx context.Context, url string, events int) (day, error) {
	d := day{Events: events, End: time.Now().Truncate(time.Minute).Add(-time.Minute)}
	generator := eventgen.New(eventgen.Options{Seed: 1, Events: events, Start: d.End.Add(-span), Span: span, Batch: 1000})
	toEvents, toRollups, toTogether := make(chan plog.Logs, 2), make(chan plog.Logs, 2), make(chan plog.Logs, 2)
	err := together(ctx, func(ctx context.Context) error {
		return send(ctx, url, lokipush.Events, toEvents)
	}, func(ctx context.Context) error {
		return send(ctx, url, lokipush.Rollups, toRollups)
	}, func(ctx context.Context) error {
		return send(ctx, url, lokipush.Coordination, toTogether)
	}, func(ctx context.Context) error {
		defer close(toEvents)
		defer close(toRollups)
		defer close(toTogether)
		count := newMinutes(func(ld plog.Logs) error {
			d.Rollups += ld.LogRecordCount()
			return hand(ctx, toRollups, ld)
		})
		agents := eventgen.NewCoordination()
		told := func(ld plog.Logs) error {
			if ld.LogRecordCount() == 0 {
				return nil
			}
			d.Together += ld.LogRecordCount()
			return hand(ctx, toTogether, ld)
		}
		sessions := tally{}
		for ld := range generator.All() {
			sessions.add(ld)
			if err := count.add(ld); err != nil {
				return err
			}
			if err := told(agents.Add(ld)); err != nil {
				return err
			}
			if err := hand(ctx, toEvents, ld); err != nil {
				return err
			}
		}
		d.Session, d.Agents, d.First = sessions.chosen()
		return errors.Join(count.flush(), told(agents.End()))
	})
	return d, err
}

// together does all at the same time; the first that fails ends the others.
func together(ctx context.Context, all ...func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var group sync.WaitGroup
	for _, do := range all {
		group.Go(func() {
			if err := do(ctx); err != nil {
				cancel(err)
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}

// send gives what comes to an exporter, until the channel is closed.
func send(ctx context.Context, url, name string, from <-chan plog.Logs) (err error) {
	e, err := lokipush.New(ctx, url, name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	for ld := range from {
		if err := e.Push(ctx, ld); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func hand(ctx context.Context, to chan<- plog.Logs, ld plog.Logs) error {
	select {
	case to <- ld:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
