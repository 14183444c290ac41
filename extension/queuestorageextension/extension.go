package queuestorageextension

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.uber.org/zap"
)

// maxNameBytes is the longest name of a client's directory.
const maxNameBytes = 200

type queueStorage struct {
	config *Config
	log    *zap.Logger
	tel    *telemetry

	mu      sync.Mutex
	clients map[*client]string // to their store names
}

var _ storage.Extension = (*queueStorage)(nil)

func newQueueStorage(set component.TelemetrySettings, cfg *Config) (*queueStorage, error) {
	e := &queueStorage{config: cfg, log: set.Logger, clients: map[*client]string{}}
	var err error
	if e.tel, err = newTelemetry(set, e.stores); err != nil {
		return nil, err
	}
	return e, nil
}

// Start does nothing: a queue is opened by the component that uses it.
func (e *queueStorage) Start(context.Context, component.Host) error { return nil }

// Shutdown closes the clients that their components left open.
func (e *queueStorage) Shutdown(ctx context.Context) error {
	e.mu.Lock()
	open := make([]*client, 0, len(e.clients))
	for c := range e.clients {
		open = append(open, c)
	}
	e.mu.Unlock()
	var errs []error
	for _, c := range open {
		errs = append(errs, c.Close(ctx))
	}
	e.tel.shutdown()
	return errors.Join(errs...)
}

// GetClient opens the storage of a component. It returns an error that wraps
// ErrInUse when it is open already, here or in another process.
func (e *queueStorage) GetClient(_ context.Context, kind component.Kind, id component.ID, name string) (storage.Client, error) {
	store := storeName(kind, id, name)
	log := e.log.With(zap.String("store", store))
	j, err := openJournal(filepath.Join(e.config.Directory, store), limits{max: e.config.MaxBytes, segment: e.config.SegmentMaxBytes}, log, e.tel)
	if err != nil {
		return nil, fmt.Errorf("queue_storage: %w", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	var c *client
	c = newClient(j, e.config.SyncInterval, func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.clients, c)
	})
	e.clients[c] = store
	return c, nil
}

// stores tells the metrics about every client.
func (e *queueStorage) stores(report func(store string, bytes, items, keys int64)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for c, store := range e.clients {
		j := c.journal
		j.mu.Lock()
		bytes, items, keys := j.bytes, j.items, len(j.index)
		j.mu.Unlock()
		report(store, bytes, int64(items), int64(keys))
	}
}

// storeName is the name of a client's directory. Each part is escaped, so that
// no two clients share one and none leaves the directory.
func storeName(kind component.Kind, id component.ID, name string) string {
	parts := []string{strings.ToLower(kind.String()), id.Type().String(), id.Name(), name}
	for i, p := range parts {
		parts[i] = escape(p)
	}
	s := strings.Join(parts, "_")
	if len(s) > maxNameBytes {
		sum := sha256.Sum256([]byte(s))
		s = hex.EncodeToString(sum[:])
	}
	return s
}

// escape keeps letters, digits and hyphens, and writes other bytes as ~XX.
func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "~%02X", c)
		}
	}
	return b.String()
}
