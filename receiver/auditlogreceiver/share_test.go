package auditlogreceiver

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/xpdata/pref"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

// beside is a receiver of the same log.
func (s *stage) beside(change ...func(*Config)) *stage {
	other := newStage(s.t, change...)
	other.config.Directory = s.config.Directory
	other.config.CursorDirectory = s.t.TempDir()
	return other
}

// Receivers of whole records get the same batches, which none of them may change, and
// one whose backend is away changes nothing for the others.
func TestReceiversShareRecords(t *testing.T) {
	s := newStage(t, func(c *Config) { c.Batch.FlushTimeout = 50 * time.Millisecond }).openLog()
	other := s.beside(func(c *Config) { c.Batch.FlushTimeout = time.Minute })
	part := s.beside(func(c *Config) { c.Events = []string{"other"} })
	away := s.beside()
	away.fail = func(int) error { return errors.New("down") }
	seen := make(chan plog.Logs, 1_000)
	s.look = func(ld plog.Logs) { seen <- ld }
	for _, r := range []*stage{s, other, part, away} {
		r.start()
	}
	const n = 3 * auditlog.TapRecords
	began := time.Now()
	for i := 0; i < n; i += 100 {
		s.append(i, i+100)
	}
	s.requireDelivered(bodies(0, n))
	other.requireDelivered(bodies(0, n)) // its flush timeout is not over
	require.Less(t, s.batches, int(time.Since(began)/(50*time.Millisecond))+4*n/auditlog.TapRecords+10, "few batches")
	require.Empty(t, part.delivered())
	require.Empty(t, away.delivered())
	shared := 0
	for range len(seen) {
		if ld := <-seen; ld.IsReadOnly() {
			require.False(t, pref.MarkPipelineOwnedLogs(ld), "each pipeline would note it")
			shared++
		}
	}
	require.NotZero(t, shared)

	away.mu.Lock()
	away.fail = nil
	away.mu.Unlock()
	away.requireDelivered(bodies(0, n))
}

// A pipeline that changes what it gets has records of its own.
func TestAPipelineThatChangesRecords(t *testing.T) {
	s := newStage(t).openLog()
	other := s.beside()
	other.options = append(other.options, consumer.WithCapabilities(consumer.Capabilities{MutatesData: true}))
	other.look = func(ld plog.Logs) {
		for _, rl := range ld.ResourceLogs().All() {
			rl.ScopeLogs().At(0).LogRecords().At(0).Body().SetStr("changed")
		}
	}
	s.start()
	other.start()
	const n = 200
	s.append(0, n)
	s.requireDelivered(bodies(0, n))
	var changed []string
	for range n {
		changed = append(changed, "changed")
	}
	other.requireDelivered(changed)
}

// A batch that several have comes again, from the log, when one of them fails.
func TestSharedRecordsComeAgain(t *testing.T) {
	s := newStage(t).openLog()
	other := s.beside()
	other.fail = func(batch int) error {
		if batch%3 == 1 {
			return fmt.Errorf("down")
		}
		return nil
	}
	s.start()
	other.start()
	s.append(0, 50)
	s.requireDelivered(bodies(0, 50))
	other.requireDelivered(bodies(0, 50))
	s.stop()
	other.stop()
	s.append(50, 60)
	s.start()
	other.start()
	s.append(60, 70)
	s.requireDelivered(bodies(0, 70))
	other.requireDelivered(bodies(0, 70))
}
