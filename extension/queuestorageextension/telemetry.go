package queuestorageextension

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/agent-telemetry/agent-telemetry/extension/queuestorageextension/internal/metadata"
)

// telemetry is the extension's own metrics.
type telemetry struct{ b *metadata.TelemetryBuilder }

// newTelemetry registers the metrics; stores is asked for those of each client.
func newTelemetry(set component.TelemetrySettings, stores func(func(store string, bytes, items, keys int64))) (*telemetry, error) {
	b, err := metadata.NewTelemetryBuilder(set)
	if err != nil {
		return nil, fmt.Errorf("make metrics: %w", err)
	}
	observe := func(pick func(bytes, items, keys int64) int64) metric.Int64Callback {
		return func(_ context.Context, o metric.Int64Observer) error {
			stores(func(store string, bytes, items, keys int64) {
				o.Observe(pick(bytes, items, keys), metric.WithAttributes(attribute.String("store", store)))
			})
			return nil
		}
	}
	err = errors.Join(
		b.RegisterExtensionQueueStorageBytesCallback(observe(func(bytes, _, _ int64) int64 { return bytes })),
		b.RegisterExtensionQueueStorageItemsCallback(observe(func(_, items, _ int64) int64 { return items })),
		b.RegisterExtensionQueueStorageKeysCallback(observe(func(_, _, keys int64) int64 { return keys })),
	)
	if err != nil {
		return nil, fmt.Errorf("register metrics: %w", err)
	}
	return &telemetry{b: b}, nil
}

func (t *telemetry) shutdown() { t.b.Shutdown() }

func (t *telemetry) damagedSegment() {
	t.b.ExtensionQueueStorageDamagedSegments.Add(context.Background(), 1)
}

func (t *telemetry) damagedValue() {
	t.b.ExtensionQueueStorageDamagedValues.Add(context.Background(), 1)
}

func (t *telemetry) tornTail() { t.b.ExtensionQueueStorageTornTails.Add(context.Background(), 1) }

func (t *telemetry) refused() { t.b.ExtensionQueueStorageFullRefusals.Add(context.Background(), 1) }

// group records how many durable batches one sync was for.
func (t *telemetry) group(n int) {
	if n > 0 {
		t.b.ExtensionQueueStorageGroupSize.Record(context.Background(), int64(n))
	}
}

func (t *telemetry) syncedIn(took time.Duration, err error) {
	t.b.ExtensionQueueStorageSyncDuration.Record(context.Background(), took.Seconds())
	if err != nil {
		t.b.ExtensionQueueStorageSyncErrors.Add(context.Background(), 1)
	}
}
