package queuestorageextension

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/pdata/plog"
)

// both returns this extension and file_storage with fsync.
func both(b *testing.B) map[string]storage.Extension {
	f := filestorage.NewFactory()
	cfg := f.CreateDefaultConfig().(*filestorage.Config)
	cfg.Directory, cfg.CreateDirectory, cfg.FSync = filepath.Join(b.TempDir(), "f"), true, true
	require.NoError(b, cfg.Validate())
	ext, err := f.Create(context.Background(), extensiontest.NewNopSettings(f.Type()), cfg)
	require.NoError(b, err)
	return map[string]storage.Extension{"queue_storage": newExtension(b, b.TempDir(), nil), "file_storage": ext.(storage.Extension)}
}

// BenchmarkOffer measures the real persistent queue while its reader works.
func BenchmarkOffer(b *testing.B) {
	for _, name := range []string{"file_storage", "queue_storage"} {
		for _, callers := range []int{1, 16} {
			b.Run(fmt.Sprintf("%s/callers=%d", name, callers), func(b *testing.B) {
				ext := both(b)[name]
				exp := startQueue(b, ext, func(context.Context, plog.Logs) error { return nil })
				item := logsOf(1, 4000)
				var mu sync.Mutex
				var took []time.Duration
				b.ResetTimer()
				var wg sync.WaitGroup
				for range callers {
					wg.Go(func() {
						for range max(1, b.N/callers) {
							began := time.Now()
							if err := exp.ConsumeLogs(context.Background(), item); err != nil {
								b.Error(err)
							}
							mu.Lock()
							took = append(took, time.Since(began))
							mu.Unlock()
						}
					})
				}
				wg.Wait()
				b.StopTimer()
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
				require.NoError(b, exp.Shutdown(context.Background()))
				require.NoError(b, ext.Shutdown(context.Background()))
			})
		}
	}
}

// BenchmarkClient measures the storage alone: what a queue does with an item,
// and many callers at once.
func BenchmarkClient(b *testing.B) {
	ctx := context.Background()
	value, meta := make([]byte, 4000), make([]byte, 20)
	for _, name := range []string{"file_storage", "queue_storage"} {
		open := func(b *testing.B) storage.Client {
			c, err := both(b)[name].GetClient(ctx, component.KindExporter, component.MustNewID("nop"), "logs")
			require.NoError(b, err)
			b.Cleanup(func() { _ = c.Close(ctx) })
			return c
		}
		b.Run(name+"/lone", func(b *testing.B) {
			c := open(b)
			i := 0
			for b.Loop() {
				i++
				require.NoError(b, c.Batch(ctx, storage.SetOperation("qmv0", meta), storage.SetOperation(fmt.Sprint(i), value)))
			}
		})
		b.Run(name+"/cycle", func(b *testing.B) {
			c := open(b)
			i := 0
			for b.Loop() {
				i++
				key := fmt.Sprint(i)
				require.NoError(b, c.Batch(ctx, storage.SetOperation("qmv0", meta), storage.SetOperation(key, value)))
				require.NoError(b, c.Batch(ctx, storage.SetOperation("qmv0", meta), storage.GetOperation(key)))
				require.NoError(b, c.Batch(ctx, storage.SetOperation("qmv0", meta), storage.DeleteOperation(key)))
			}
		})
		b.Run(name+"/concurrent16", func(b *testing.B) {
			c := open(b)
			var wg sync.WaitGroup
			for w := range 16 {
				wg.Go(func() {
					for i := range max(1, b.N/16) {
						if err := c.Batch(ctx, storage.SetOperation("qmv0", meta), storage.SetOperation(fmt.Sprint(w*1_000_000+i), value)); err != nil {
							b.Error(err)
						}
					}
				})
			}
			wg.Wait()
		})
	}
}
