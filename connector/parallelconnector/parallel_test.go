package parallelconnector

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pipeline"

	"github.com/agent-telemetry/agent-telemetry/connector/parallelconnector/internal/metadata"
	"github.com/agent-telemetry/agent-telemetry/internal/durability"
)

func records() plog.Logs {
	ld := plog.NewLogs()
	ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Body().SetStr("x")
	return ld
}

func build(t *testing.T, pipelines ...consumer.Logs) connector.Logs {
	t.Helper()
	byID := map[pipeline.ID]consumer.Logs{}
	for i, p := range pipelines {
		byID[pipeline.NewIDWithName(pipeline.SignalLogs, string(rune('a'+i)))] = p
	}
	f := NewFactory()
	c, err := f.CreateLogsToLogs(t.Context(), connectortest.NewNopSettings(metadata.Type), f.CreateDefaultConfig(), connector.NewLogsRouter(byID))
	require.NoError(t, err)
	require.NoError(t, c.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { require.NoError(t, c.Shutdown(context.Background())) })
	return c
}

func logs(t *testing.T, f func(context.Context, plog.Logs) error, opts ...consumer.Option) consumer.Logs {
	t.Helper()
	c, err := consumer.NewLogs(f, opts...)
	require.NoError(t, err)
	return c
}

// TestAtTheSameTime has each pipeline wait for the other: one after the other
// would never end.
func TestAtTheSameTime(t *testing.T) {
	here, there := make(chan struct{}), make(chan struct{})
	meet := func(mine, other chan struct{}) func(context.Context, plog.Logs) error {
		return func(ctx context.Context, _ plog.Logs) error {
			close(mine)
			select {
			case <-other:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	require.NoError(t, build(t, logs(t, meet(here, there)), logs(t, meet(there, here))).ConsumeLogs(ctx, records()))
}

func TestOneFailureKeepsNothingFromTheOthers(t *testing.T) {
	failure := errors.New("disk full")
	sink := new(consumertest.LogsSink)
	c := build(t, consumertest.NewErr(failure), sink, logs(t, func(context.Context, plog.Logs) error { panic("a fault") }))
	err := c.ConsumeLogs(t.Context(), records())
	require.ErrorIs(t, err, failure)
	require.ErrorContains(t, err, "a fault")
	require.Equal(t, 1, sink.LogRecordCount())
}

func TestWhoChangesRecordsGetsACopy(t *testing.T) {
	sink := new(consumertest.LogsSink)
	changing := logs(t, func(_ context.Context, ld plog.Logs) error {
		ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Body().SetStr("changed")
		return nil
	}, consumer.WithCapabilities(consumer.Capabilities{MutatesData: true}))
	for _, c := range []connector.Logs{build(t, sink, changing), build(t, changing)} {
		require.NoError(t, c.ConsumeLogs(t.Context(), records()))
	}
	require.Equal(t, "x", sink.AllLogs()[0].ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Body().Str())
}

// deferring is a pipeline that hands its sync over.
func deferring(t *testing.T, sync func() error) consumer.Logs {
	return logs(t, func(ctx context.Context, _ plog.Logs) error { return durability.Sync(ctx, sync) })
}

func TestASyncGoesOnWhileTheOthersWork(t *testing.T) {
	var working atomic.Bool
	started := make(chan struct{}, 2)
	sync := func() error {
		started <- struct{}{}
		for !working.Load() {
			time.Sleep(time.Millisecond)
		}
		return nil
	}
	other := logs(t, func(context.Context, plog.Logs) error {
		<-started // the sync runs already
		working.Store(true)
		return nil
	})
	c := build(t, other, deferring(t, sync))
	for range 3 { // from the second time on it is known which one defers
		working.Store(false)
		require.NoError(t, c.ConsumeLogs(t.Context(), records()))
	}
}

func TestAFailedSyncIsTold(t *testing.T) {
	failure := errors.New("disk")
	c := build(t, new(consumertest.LogsSink), deferring(t, func() error { return failure }))
	for range 3 {
		require.ErrorIs(t, c.ConsumeLogs(t.Context(), records()), failure)
	}
}

// TestAFullQueueKeepsNothingFromTheOthers blocks the pipeline that is called first.
func TestAFullQueueKeepsNothingFromTheOthers(t *testing.T) {
	full := make(chan struct{})
	var blocked atomic.Bool
	queue := logs(t, func(ctx context.Context, _ plog.Logs) error {
		if blocked.Load() {
			<-full
		}
		return durability.Sync(ctx, func() error { return nil })
	})
	sink := new(consumertest.LogsSink)
	c := build(t, queue, sink)
	require.NoError(t, c.ConsumeLogs(t.Context(), records()))
	blocked.Store(true)
	ended := make(chan error)
	go func() { ended <- c.ConsumeLogs(context.Background(), records()) }()
	require.Eventually(t, func() bool { return sink.LogRecordCount() == 2 }, 10*time.Second, time.Millisecond)
	close(full)
	require.NoError(t, <-ended)
}
