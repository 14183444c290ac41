package auditlogreceiver

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"

	"github.com/agent-telemetry/agent-telemetry/internal/auditcursor"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

func (s *stage) cursor() (auditcursor.Cursor, error) { return auditcursor.Read(s.cursorFile()) }

func (s *stage) cursorFile() string {
	return auditcursor.File(s.config.cursorDirectory(), "audit_log/loki")
}

func TestDeliversWhatIsWritten(t *testing.T) {
	s := newStage(t).openLog().start()
	s.append(0, 100)
	s.requireDelivered(bodies(0, 100))
}

// TestGoesOnWhereItWas: over restarts of the receiver and of the log, with
// records that nobody read while they were written.
func TestGoesOnWhereItWas(t *testing.T) {
	s := newStage(t).openLog()
	s.append(0, 10)
	s.start()
	s.append(10, 20)
	s.requireDelivered(bodies(0, 20))
	s.stop()
	s.append(20, 30)
	s.closeLog()
	s.openLog()
	s.append(30, 40)
	s.start()
	s.append(40, 50)
	s.requireDelivered(bodies(0, 50))
}

// TestTheLogIsOpenedLater: the collector starts components in an order of its own.
func TestTheLogIsOpenedLater(t *testing.T) {
	s := newStage(t).start()
	s.openLog()
	s.append(0, 3)
	s.requireDelivered(bodies(0, 3))
}

func TestStartAtTheEnd(t *testing.T) {
	s := newStage(t, func(c *Config) { c.StartAt = startEnd }).openLog()
	s.append(0, 10)
	s.start()
	s.append(10, 12)
	s.requireDelivered(bodies(10, 12))
}

// TestAPipelineThatFails: what was refused for now comes again, in its place.
func TestAPipelineThatFails(t *testing.T) {
	s := newStage(t).openLog()
	s.fail = func(batch int) error {
		if batch == 1 {
			return errors.New("down")
		}
		return nil
	}
	s.start()
	s.append(0, 20)
	s.requireDelivered(bodies(0, 20))
}

// TestRefusedForGood: what no other try would change does not hold up the rest.
func TestRefusedForGood(t *testing.T) {
	for name, fail := range map[string]func(int) error{
		"permanent": func(int) error { return consumererror.NewPermanent(errors.New("bad request")) },
		"panic":     func(int) error { panic("a fault") },
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t).openLog()
			s.fail = func(batch int) error {
				if batch == 1 {
					return fail(batch)
				}
				return nil
			}
			s.append(0, 5)
			s.start()
			require.Eventually(t, func() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.batches == 1 }, eventually, tick)
			s.append(5, 7)
			s.requireDelivered(bodies(5, 7))
			s.stop()
			c, err := s.cursor()
			require.NoError(t, err)
			require.EqualValues(t, 5, c.Refused)
		})
	}
}

// TestAPipelineThatIsAway: more is written than is held in memory.
func TestAPipelineThatIsAway(t *testing.T) {
	const n = 3 * auditlog.TapRecords
	s := newStage(t).openLog(func(o *auditlog.Options) { o.SegmentMaxBytes = 64 << 10 })
	var wg sync.WaitGroup
	reached, release := make(chan struct{}), make(chan struct{})
	s.fail = func(batch int) error {
		if batch == 1 {
			close(reached)
			<-release
		}
		return nil
	}
	s.start()
	s.append(0, 1)
	<-reached
	wg.Go(func() {
		// Many at once: a commit each would take long.
		for i := 1; i < n; i += 100 {
			var all []auditlog.Pending
			for j := i; j < min(n, i+100); j++ {
				all = append(all, pending(fmt.Sprint("record ", j)))
			}
			_, err := s.log.Append(t.Context(), all...)
			require.NoError(t, err)
		}
	})
	wg.Wait()
	close(release)
	s.requireDelivered(bodies(0, n))
}

// TestDuplicates: what the log leaves out is not delivered a second time.
func TestDuplicates(t *testing.T) {
	s := newStage(t).openLog().start()
	once := auditlog.Pending{JSON: []byte(`{"kind":"log","body":"once"}`), EventID: "e"}
	_, err := s.log.Append(t.Context(), once)
	require.NoError(t, err)
	_, err = s.log.AppendFor(t.Context(), "a payload that is not what is written", once, pending("new"))
	require.NoError(t, err)
	s.requireDelivered([]string{"once", "new"})
}

// TestAnotherLog begins anew.
func TestAnotherLog(t *testing.T) {
	s := newStage(t).openLog().start()
	s.append(0, 3)
	s.requireDelivered(bodies(0, 3))
	s.closeLog()
	require.NoError(t, os.RemoveAll(s.config.Directory))
	require.NoError(t, os.RemoveAll(s.config.Directory+"-keys"))
	s.openLog()
	s.append(3, 5)
	s.requireDelivered(bodies(0, 5))
}

// TestWhatIsGoneIsCounted: retention does not wait for a backend.
func TestWhatIsGoneIsCounted(t *testing.T) {
	s := newStage(t).openLog(func(o *auditlog.Options) { o.SegmentMaxBytes = 1 })
	s.append(0, 10)
	segments, err := auditlog.Segments(s.config.Directory)
	require.NoError(t, err)
	require.Greater(t, len(segments), 8)
	kept := segments[len(segments)-3:]
	for _, g := range segments[:len(segments)-3] {
		require.NoError(t, os.Remove(g.Path))
	}
	first, err := os.ReadFile(kept[0].Path)
	require.NoError(t, err)
	line, err := auditlog.ParseLine(first[:len(first)-1])
	require.NoError(t, err)
	s.start()
	s.requireDelivered(bodies(7, 10))
	s.stop()
	c, err := s.cursor()
	require.NoError(t, err)
	require.Equal(t, line.Seq, c.Skipped)
}

// TestForgedCursors: whoever runs as this user can write there. Nothing fails, and
// nothing is left out that the log has behind the cursor.
func TestForgedCursors(t *testing.T) {
	s := newStage(t).openLog()
	s.append(0, 5)
	id := s.log.Status().LogID
	for name, forge := range map[string]func(path string){
		"garbage": func(p string) { require.NoError(t, os.WriteFile(p, []byte("{]"), 0o600)) },
		"huge":    func(p string) { require.NoError(t, os.WriteFile(p, make([]byte, 1<<20), 0o600)) },
		"behind the end": func(p string) {
			require.NoError(t, auditcursor.Write(p, auditcursor.Cursor{Log: id, NextSeq: 1 << 60}))
		},
		"of no log":         func(p string) { require.NoError(t, auditcursor.Write(p, auditcursor.Cursor{Log: "other", NextSeq: 3})) },
		"in a line":         func(p string) { require.NoError(t, auditcursor.Write(p, auditcursor.Cursor{Log: id, Offset: 7})) },
		"in no segment":     func(p string) { require.NoError(t, auditcursor.Write(p, auditcursor.Cursor{Log: id, Segment: 77})) },
		"behind the record": func(p string) { require.NoError(t, auditcursor.Write(p, auditcursor.Cursor{Log: id, Offset: 1 << 40})) },
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.MkdirAll(filepath.Dir(s.cursorFile()), 0o700))
			forge(s.cursorFile())
			s.got = nil
			s.start()
			s.requireDelivered(bodies(0, 5))
			s.stop()
			s.got = nil
			s.start()
			time.Sleep(10 * tick) // nothing more is to come
			s.stop()
			require.Empty(t, s.delivered())
		})
	}
	t.Run("a link", func(t *testing.T) {
		secret := filepath.Join(t.TempDir(), "secret")
		require.NoError(t, os.WriteFile(secret, []byte("mine"), 0o600))
		require.NoError(t, os.Remove(s.cursorFile()))
		require.NoError(t, os.Symlink(secret, s.cursorFile()))
		_, err := s.cursor()
		require.Error(t, err)
		require.NoError(t, auditcursor.Write(s.cursorFile(), auditcursor.Cursor{Log: id}))
		text, err := os.ReadFile(secret)
		require.NoError(t, err)
		require.Equal(t, "mine", string(text))
	})
}

// TestCursorIsSavedWhenNothingMoreComes: status reads it.
func TestCursorIsSavedWhenNothingMoreComes(t *testing.T) {
	s := newStage(t).openLog().start()
	for i := range 3 {
		s.append(i, i+1)
		s.requireDelivered(bodies(0, i+1))
	}
	require.Eventually(t, func() bool {
		c, err := s.cursor()
		return err == nil && c.NextSeq == s.log.Status().NextSeq
	}, eventually, tick)
}
