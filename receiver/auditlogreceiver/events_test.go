package auditlogreceiver

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

// appendTyped writes records of which each fifth is of the type asked for.
func (s *stage) appendTyped(from, to int) (wanted []string) {
	s.t.Helper()
	for i := from; i < to; i++ {
		kind := "file_read"
		body := fmt.Sprint("record ", i)
		if i%5 == 0 {
			kind = "security_alert"
			wanted = append(wanted, body)
		}
		ld := plog.NewLogs()
		records := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
		lr := records.AppendEmpty()
		lr.Body().SetStr(body)
		lr.Attributes().PutStr("event.type", kind)
		_, err := s.log.AppendFor(s.t.Context(), ld, auditlog.Pending{
			JSON: fmt.Appendf(nil, `{"kind":"log","attributes":{"event.type":%q},"body":%q}`, kind, body),
		})
		require.NoError(s.t, err)
	}
	return wanted
}

// Only records of the types asked for are delivered, from disk and from memory, and
// the cursor is behind the others, too.
func TestEvents(t *testing.T) {
	s := newStage(t, func(c *Config) { c.Events = []string{"claude_code.security_alert"} }).openLog()
	want := s.appendTyped(0, 21)
	s.start()
	want = append(want, s.appendTyped(21, 44)...)
	s.requireDelivered(want)
	s.stop()
	c, err := s.cursor()
	require.NoError(t, err)
	require.Zero(t, c.Skipped)

	s.start()
	more := s.appendTyped(44, 46)
	s.requireDelivered(append(want, more...))
}

// What is not delivered wakes nobody, and is not said to wait for that.
func TestTheCursorPassesWhatIsNotDelivered(t *testing.T) {
	s := newStage(t, func(c *Config) { c.Events = []string{"security_alert"} }).openLog()
	s.start()
	s.append(0, 10)
	require.Eventually(t, func() bool {
		_, next := auditlog.FeedOf(s.config.Directory).Written()
		c, err := s.cursor()
		return err == nil && next > 10 && c.NextSeq == next
	}, eventually, tick)
}

// The end at which a receiver began stays where it was when the collector is killed
// before anything was delivered.
func TestTheEndIsRemembered(t *testing.T) {
	s := newStage(t, func(c *Config) { c.StartAt = startEnd }).openLog()
	s.append(0, 10)
	s.start()
	require.Eventually(t, func() bool { c, err := s.cursor(); return err == nil && c.NextSeq > 0 }, eventually, tick)
}

func TestEventsAreValidated(t *testing.T) {
	cfg := createDefaultConfig().(*Config)
	cfg.Directory = "audit"
	cfg.Events = []string{"security_alert", ""}
	require.ErrorContains(t, cfg.Validate(), "events[1]")
	cfg.Events = make([]string, maxEvents+1)
	require.ErrorContains(t, cfg.Validate(), "events: 65")
}
