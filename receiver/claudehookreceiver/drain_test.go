package claudehookreceiver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/capture"
	"github.com/agent-telemetry/agent-telemetry/internal/eventjson"
	"github.com/agent-telemetry/agent-telemetry/internal/hookevent"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/spool"
)

func (s *stage) spool(ids ...string) {
	s.t.Helper()
	for _, id := range ids {
		require.NoError(s.t, spool.Write(s.config.spoolDir(), id, eventjson.Request(event(id)), spool.Bounds{}))
	}
}

func (s *stage) spoolEmpties() {
	s.t.Helper()
	require.Eventually(s.t, func() bool {
		files, err := filepath.Glob(filepath.Join(s.config.spoolDir(), "*.json"))
		return err == nil && len(files) == 0
	}, eventually, tick)
}

func TestDrainAtStartAndWhileRunning(t *testing.T) {
	s := newStage(t)
	ids := eventIDs(200)
	for i := len(ids) - 1; i >= 100; i-- { // written out of order
		s.spool(ids[i])
	}
	s.start()
	for _, id := range ids[100:] {
		require.Equal(t, id, s.take()[semconv.EventID], "in the order of capture")
	}
	s.spoolEmpties()
	s.spool(ids[0])
	require.Equal(t, ids[0], s.take()[semconv.EventID])
	s.spoolEmpties()
	s.nothingMore()
}

func TestDrainKeepsOrderThroughFailures(t *testing.T) {
	s := newStage(t)
	good := s.consume
	var calls atomic.Int64
	s.consume = func(ctx context.Context, ld plog.Logs) error {
		if calls.Add(1) <= 3 {
			return errors.New("later")
		}
		return good(ctx, ld)
	}
	ids := eventIDs(10)
	s.spool(ids...)
	s.start()
	for _, id := range ids {
		require.Equal(t, id, s.take()[semconv.EventID])
	}
	s.spoolEmpties()
	s.nothingMore()
}

func TestDrainRecognisesWhatWasAcknowledged(t *testing.T) {
	s := newStage(t).start()
	id := eventIDs(1)[0]
	require.Equal(t, http.StatusOK, s.post(s.client(), pathLogs, mediaJSON, eventjson.Request(event(id))).status)
	s.take()
	s.spool(id) // a hook that gave up a moment too early
	s.spoolEmpties()
	s.nothingMore()
}

// TestDrainSurvivesWhatAnybodyMayPutThere fills the spool with everything but
// events, and one event behind it.
func TestDrainSurvivesWhatAnybodyMayPutThere(t *testing.T) {
	s := newStage(t, func(c *Config) { c.Spool.MaxFileBytes, c.Spool.RejectedMaxFiles = 10_000, 4 })
	dir := s.config.spoolDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "directory"), 0o700))
	secret := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(secret, []byte("SECRETCONTENT"), 0o600))
	require.NoError(t, os.Symlink(secret, filepath.Join(dir, "0-link.json")))
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "0-pipe.json"), 0o600))
	for name, content := range map[string]string{
		"1-empty.json": "", "2-cut.json": `{"resourceLogs":[`, "3-none.json": "{}", "4-binary.json": "\x00\xff", "5-big.json": string(make([]byte, 10_001)),
		"6-other\nname.txt": "x", ".hidden": "x",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	old := filepath.Join(dir, spool.TempPrefix+"01890a5d-0000-774b-bcce-b302099a8057-77")
	require.NoError(t, os.WriteFile(old, eventjson.Request(event("01890a5d-0000-774b-bcce-b302099a8057")), 0o600))
	require.NoError(t, os.Chtimes(old, time.Now(), time.Now().Add(-time.Hour)))
	require.NoError(t, os.WriteFile(filepath.Join(dir, spool.TempPrefix+"fresh"), []byte("{"), 0o600))
	last := "ffffffff-ac96-774b-bcce-b302099a8057"
	s.spool(last)
	s.start()
	seen := map[any]int{}
	for range 10 {
		a := s.take()
		seen[a[semconv.EventType]]++
		require.NotContains(t, fmt.Sprint(a), "SECRETCONTENT")
		if a[semconv.EventType] == "hook_event" {
			require.Contains(t, a[semconv.DecodeError], "spool file")
		}
	}
	require.Equal(t, map[any]int{"hook_event": 8, "turn_end": 2}, seen, "each is recorded, and a dead hook's complete file is an event")
	s.spoolEmpties()
	require.FileExists(t, secret)
	require.FileExists(t, filepath.Join(dir, spool.TempPrefix+"fresh"))
	require.Eventually(t, func() bool {
		rejected, err := os.ReadDir(filepath.Join(dir, rejectedDir))
		return err == nil && len(rejected) == 4
	}, 10*time.Second, time.Millisecond, "bounded, once the last of them is where it belongs")
}

func TestDrainSetsAsideWhatThePipelineRefusesForGood(t *testing.T) {
	s := newStage(t)
	good := s.consume
	ids := eventIDs(5)
	s.consume = func(ctx context.Context, ld plog.Logs) error {
		for _, lr := range recordsOf(ld) {
			if lr.Attributes().AsRaw()[semconv.EventID] == ids[2] {
				return consumererror.NewPermanent(errors.New("poison"))
			}
		}
		return good(ctx, ld)
	}
	s.spool(ids...)
	s.start()
	var got []any
	for range 5 {
		a := s.take()
		if a[semconv.EventType] == "hook_event" {
			require.Contains(t, a[semconv.DecodeError], "poison")
			got = append(got, "rejected")
			continue
		}
		got = append(got, a[semconv.EventID])
	}
	require.Equal(t, []any{ids[0], ids[1], "rejected", ids[3], ids[4]}, got)
	require.FileExists(t, filepath.Join(s.config.spoolDir(), rejectedDir, ids[2]+spool.Suffix))
}

func TestStatus(t *testing.T) {
	s := newStage(t).start()
	require.Equal(t, http.StatusNoContent, s.hook(s.client(), s.payload("a")).status)
	s.take()
	var status map[string]any
	require.Eventually(t, func() bool {
		req, err := http.NewRequest(http.MethodGet, "http://localhost"+pathStatus, nil)
		require.NoError(t, err)
		got := do(t, s.client(), req)
		require.Equal(t, http.StatusOK, got.status)
		require.NoError(t, json.Unmarshal([]byte(got.body), &status))
		return status["last_event"] != nil
	}, eventually, tick)
	require.Equal(t, "command_execution", status["last_event"].(map[string]any)["type"])
	require.EqualValues(t, 1, status["accepted"])
	require.Contains(t, status, "version")
	require.Contains(t, status["spool"], "files")
}

func TestShutdownDoesNotWaitForAPipelineThatIsStuck(t *testing.T) {
	s := newStage(t)
	s.consume = func(ctx context.Context, _ plog.Logs) error { <-ctx.Done(); return ctx.Err() }
	s.spool(eventIDs(1)...)
	require.NoError(t, s.receiver.Start(t.Context(), s.host()))
	start := time.Now()
	require.NoError(t, s.receiver.Shutdown(context.Background()))
	require.Less(t, time.Since(start), shutdownGrace+5*time.Second)
	require.NoError(t, s.receiver.Shutdown(context.Background()), "twice")
	files, err := filepath.Glob(filepath.Join(s.config.spoolDir(), "*.json"))
	require.NoError(t, err)
	require.Len(t, files, 1, "not acknowledged, so still there")
}

// TestDrainTakesEventsBeforeJunk fills the spool with more of something else
// than one scan hands over, named so that it comes first in any order of names.
func TestDrainTakesEventsBeforeJunk(t *testing.T) {
	s := newStage(t)
	dir := s.config.spoolDir()
	require.NoError(t, os.MkdirAll(dir, 0o700))
	for i := range scanFiles + 100 {
		require.NoError(t, os.Symlink("/nowhere", filepath.Join(dir, fmt.Sprintf("000-%05d.json", i))))
	}
	ids := []string{"01890a5d-ac96-774b-bcce-b302099a8057", "01890a5d-ac96-774b-bcce-b302099a8058"}
	s.spool(ids...)
	s.start()
	require.Equal(t, ids[0], s.take()[semconv.EventID])
	require.Equal(t, ids[1], s.take()[semconv.EventID])
	require.Eventually(t, func() bool {
		entries, err := os.ReadDir(dir)
		return err == nil && len(entries) == 0
	}, eventually, tick, "more than one scan")
	require.Eventually(t, func() bool { return s.receiver.counts.spool.Load().Files == 0 }, eventually, tick, "counted when the scan is done")
}

// TestEveryRecordFitsIntoTheSpool: what a hook makes of the largest payload is
// no larger than what the drain takes.
func TestEveryRecordFitsIntoTheSpool(t *testing.T) {
	for _, filler := range []string{"a", "\x01", "\u2028", "<"} {
		text := strings.Repeat(filler, capture.MaxPayloadBytes/16/len(filler))
		raw, err := json.Marshal(map[string]any{
			"session_id": text, "cwd": "/" + text, "hook_event_name": text, "tool_name": "Bash", "tool_use_id": text,
			"tool_input": map[string]any{"command": text, "description": text},
		})
		require.NoError(t, err)
		e := hookevent.Build(hookevent.Decode(raw, capture.MaxPayloadBytes), hookevent.Context{ID: eventIDs(1)[0], Project: "/" + text})
		require.Less(t, len(eventjson.Request(e)), 4<<20)
	}
}
