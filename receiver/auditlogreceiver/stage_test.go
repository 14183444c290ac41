package auditlogreceiver

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/receivertest"

	"github.com/agent-telemetry/agent-telemetry/internal/auditchunk"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/receiver/auditlogreceiver/internal/metadata"
)

const (
	eventually = 10 * time.Second
	tick       = 5 * time.Millisecond
)

// stage is an audit log, a receiver that reads it, and the pipeline behind.
type stage struct {
	t        *testing.T
	config   *Config
	log      *auditlog.Log
	receiver receiver.Logs

	mu      sync.Mutex
	got     []string // bodies, in the order of delivery
	parts   []part   // the same, by batch
	batches int
	fail    func(batch int) error // what the pipeline answers
	look    func(plog.Logs)       // sees what is delivered
	options []consumer.Option     // of the pipeline
}

// part is a batch that was delivered.
type part struct {
	chunk  auditchunk.Chunk
	bodies []string
}

func newStage(t *testing.T, change ...func(*Config)) *stage {
	s := &stage{t: t, config: createDefaultConfig().(*Config)}
	s.config.Directory = filepath.Join(t.TempDir(), "audit")
	s.config.Batch.FlushTimeout = 5 * time.Millisecond
	for _, f := range change {
		f(s.config)
	}
	t.Cleanup(func() {
		s.stop()
		s.closeLog()
	})
	return s
}

func (s *stage) openLog(change ...func(*auditlog.Options)) *stage {
	options := auditlog.Options{HeartbeatInterval: -1}
	for _, f := range change {
		f(&options)
	}
	var err error
	s.log, err = auditlog.Open(s.config.Directory, options)
	require.NoError(s.t, err)
	return s
}

func (s *stage) closeLog() {
	if s.log != nil {
		require.NoError(s.t, s.log.Close())
		s.log = nil
	}
}

func (s *stage) start() *stage {
	next, err := consumer.NewLogs(s.consume, s.options...)
	require.NoError(s.t, err)
	set := receivertest.NewNopSettings(metadata.Type)
	set.ID = component.NewIDWithName(metadata.Type, "loki")
	s.receiver, err = NewFactory().CreateLogs(s.t.Context(), set, s.config, next)
	require.NoError(s.t, err)
	require.NoError(s.t, s.receiver.Start(s.t.Context(), componenttest.NewNopHost()))
	return s
}

func (s *stage) stop() {
	if s.receiver != nil {
		require.NoError(s.t, s.receiver.Shutdown(context.Background()))
		s.receiver = nil
	}
}

func (s *stage) consume(ctx context.Context, ld plog.Logs) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batches++
	if s.fail != nil {
		if err := s.fail(s.batches); err != nil {
			return err
		}
	}
	if s.look != nil {
		s.look(ld)
	}
	var p part
	p.chunk, _ = auditchunk.From(ctx)
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, r := range sl.LogRecords().All() {
				p.bodies = append(p.bodies, r.Body().AsString())
			}
		}
	}
	s.got = append(s.got, p.bodies...)
	s.parts = append(s.parts, p)
	return nil
}

// append writes records as the exporter does, one call each.
func (s *stage) append(from, to int) {
	s.t.Helper()
	for i := from; i < to; i++ {
		body := fmt.Sprint("record ", i)
		ld := plog.NewLogs()
		ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Body().SetStr(body)
		_, err := s.log.AppendFor(s.t.Context(), ld, pending(body))
		require.NoError(s.t, err)
	}
}

func pending(body string) auditlog.Pending {
	return auditlog.Pending{JSON: fmt.Appendf(nil, `{"kind":"log","body":%q}`, body)}
}

func bodies(from, to int) (all []string) {
	for i := from; i < to; i++ {
		all = append(all, fmt.Sprint("record ", i))
	}
	return all
}

func (s *stage) delivered() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.got...)
}

// requireDelivered waits for exactly these, in this order.
func (s *stage) requireDelivered(want []string) {
	s.t.Helper()
	require.Eventually(s.t, func() bool { return len(s.delivered()) >= len(want) }, eventually, tick)
	require.Equal(s.t, want, s.delivered())
}
