package lokiexporter

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/extension"

	"github.com/agent-telemetry/agent-telemetry/exporter/lokiexporter/internal/metadata"
)

// The whole of it: queue, batch and retry of the collector around the exporter.
func TestThroughTheQueue(t *testing.T) {
	server := newPushServer(t, func(n int, _ *pushed) reply {
		if n == 0 {
			return reply{status: 503}
		}
		return reply{}
	})
	cfg := testConfig(server.URL)
	cfg.RetryConfig.InitialInterval = time.Millisecond
	exp, err := NewFactory().CreateLogs(t.Context(), exportertest.NewNopSettings(metadata.Type), cfg)
	require.NoError(t, err)
	require.NoError(t, exp.Start(t.Context(), componenttest.NewNopHost()))
	start := time.Now()
	for i := range 10 {
		ld, records := newLogs("claude-telemetry")
		addHookRecord(records, "a", i, testTime)
		require.NoError(t, exp.ConsumeLogs(t.Context(), ld))
	}
	require.Eventually(t, func() bool {
		requests := server.requests()
		stored := 0
		for _, r := range requests[min(1, len(requests)):] {
			stored += r.entries()
		}
		return stored == 10
	}, 5*time.Second, time.Millisecond)
	require.Less(t, time.Since(start), 2*time.Second)
	require.NoError(t, exp.Shutdown(context.Background()))
	require.NoError(t, exp.Shutdown(context.Background()), "a second time")
}

// Retry-After holds for the rest of a batch, and what was stored is not sent again.
func TestRetryAfterThroughTheQueue(t *testing.T) {
	var mu sync.Mutex
	var times []time.Time
	server := newPushServer(t, func(n int, _ *pushed) reply {
		mu.Lock()
		defer mu.Unlock()
		times = append(times, time.Now())
		if n == 1 {
			return reply{status: 503, header: http.Header{"Retry-After": {"1"}}}
		}
		return reply{}
	})
	cfg := testConfig(server.URL)
	cfg.RetryConfig.InitialInterval = time.Millisecond
	exp, err := NewFactory().CreateLogs(t.Context(), exportertest.NewNopSettings(metadata.Type), cfg)
	require.NoError(t, err)
	require.NoError(t, exp.Start(t.Context(), componenttest.NewNopHost()))
	ld, records := newLogs("claude-telemetry")
	addHookRecord(records, "a", 1, testTime)
	addHookRecord(records, "b", 1, testTime)
	require.NoError(t, exp.ConsumeLogs(t.Context(), ld))
	require.Eventually(t, func() bool { return len(server.requests()) == 3 }, 5*time.Second, time.Millisecond)
	require.NoError(t, exp.Shutdown(context.Background()))
	requests := server.requests()
	require.Equal(t, requests[1].PushRequest, requests[2].PushRequest)
	require.NotEqual(t, requests[0].PushRequest, requests[2].PushRequest)
	require.GreaterOrEqual(t, times[2].Sub(times[1]), time.Second)
}

// A Loki that takes requests and does not answer must not hold a shutdown up,
// and what it did not answer must be in the queue after a restart.
func TestShutdownWithAHangingLoki(t *testing.T) {
	released := make(chan struct{})
	server := newPushServer(t, func(n int, _ *pushed) reply {
		if n == 0 {
			<-released
		}
		return reply{}
	})
	dir := t.TempDir()
	storageID := component.MustNewID("file_storage")
	run := func() (exporter.Logs, extension.Extension) {
		storageFactory := filestorage.NewFactory()
		storageConfig := storageFactory.CreateDefaultConfig().(*filestorage.Config)
		storageConfig.Directory = dir
		storage, err := storageFactory.Create(t.Context(), extension.Settings{ID: storageID, TelemetrySettings: componenttest.NewNopTelemetrySettings()}, storageConfig)
		require.NoError(t, err)
		host := extensionHost{storageID: storage}
		require.NoError(t, storage.Start(t.Context(), host))
		cfg := testConfig(server.URL)
		cfg.QueueConfig.Get().StorageID = &storageID
		set := exportertest.NewNopSettings(metadata.Type)
		set.ID = component.NewID(metadata.Type) // names the queue's file
		exp, err := NewFactory().CreateLogs(t.Context(), set, cfg)
		require.NoError(t, err)
		exp.(*stopper).exporter.grace = 10 * time.Millisecond
		require.NoError(t, exp.Start(t.Context(), host))
		return exp, storage
	}

	exp, storage := run()
	ld, records := newLogs("claude-telemetry")
	addHookRecord(records, "a", 1, testTime)
	require.NoError(t, exp.ConsumeLogs(t.Context(), ld))
	require.Eventually(t, func() bool { return len(server.requests()) == 1 }, 5*time.Second, time.Millisecond)
	start := time.Now()
	require.NoError(t, exp.Shutdown(context.Background()))
	require.Less(t, time.Since(start), 2*time.Second)
	require.NoError(t, storage.Shutdown(context.Background()))
	close(released)

	exp, storage = run()
	require.Eventually(t, func() bool { return len(server.requests()) == 2 }, 5*time.Second, time.Millisecond)
	require.NoError(t, exp.Shutdown(context.Background()))
	require.NoError(t, storage.Shutdown(context.Background()))
	require.Equal(t, server.requests()[0].PushRequest, server.requests()[1].PushRequest)
}

// extensionHost is a host with extensions.
type extensionHost map[component.ID]component.Component

func (h extensionHost) GetExtensions() map[component.ID]component.Component { return h }

func TestDefaultsNeverLose(t *testing.T) {
	cfg := createDefaultConfig().(*Config)
	queue := cfg.QueueConfig.Get()
	require.Equal(t, 1, queue.NumConsumers)
	require.True(t, queue.BlockOnOverflow)
	require.Equal(t, exporterhelper.RequestSizerTypeItems, queue.Batch.Get().Sizer, "the byte sizer drops large records")
	require.Zero(t, cfg.RetryConfig.MaxElapsedTime)
}
