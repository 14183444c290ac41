package sendtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// search is one test event and where it has been found.
type search struct {
	home   statedir.Dir
	client *lokiquery.Client
	start  time.Time
	result

	lokiErr, auditErr error // of the latest look that was not cut short
}

// send runs the real hook with a payload of our own.
func (s *search) send(ctx context.Context) error {
	hook, ok := stack.FindHook()
	if !ok {
		return errors.New("claude-hook is not beside this program: run `make build`")
	}
	payload, err := json.Marshal(map[string]any{"session_id": s.SessionID, "hook_event_name": "SessionStart", "source": "startup", "cwd": string(s.home)})
	if err != nil {
		return fmt.Errorf("make the payload: %w", err)
	}
	s.start = time.Now()
	c := exec.CommandContext(ctx, hook, "--home", string(s.home), "--scope", semconv.InstallScopeUser) //nolint:gosec // the hook beside this program
	c.Stdin = bytes.NewReader(payload)
	if err := c.Run(); err != nil {
		return fmt.Errorf("run %s: %w", hook, err)
	}
	return nil
}

const lookEvery = 50 * time.Millisecond

// wait looks on both sides until the event is on both, or ctx is done.
func (s *search) wait(ctx context.Context, progress func(string)) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	dots := 0
	for {
		if s.Audit == nil {
			s.lookInAudit(ctx)
		}
		if s.Loki == nil {
			s.lookInLoki(ctx)
		}
		if s.Loki != nil && s.Audit != nil {
			break
		}
		select {
		case <-ctx.Done():
			if dots > 0 {
				progress("\n")
			}
			return
		case <-tick.C:
		}
		if elapsed := int(time.Since(s.start).Seconds()); elapsed > dots {
			if dots == 0 {
				progress("waiting ")
			}
			dots = elapsed
			progress(".")
		}
	}
	if dots > 0 {
		progress("\n")
	}
}

func (s *search) millis() float64 { return float64(time.Since(s.start).Microseconds()) / 1000 }

func (s *search) lookInAudit(ctx context.Context) {
	dir := s.home.Audit()
	entries, err := auditlog.Last(ctx, dir, 1, auditlog.Filter{Since: s.start.Add(-time.Minute), SessionID: s.SessionID, EventID: s.EventID})
	s.auditErr = latest(ctx, s.auditErr, err)
	if len(entries) != 1 {
		return
	}
	e := entries[0]
	s.EventID = e.Attribute(semconv.EventID)
	s.Audit = &found{Millis: s.millis(), Seq: &e.Seq, File: s.segmentOf(e.Seq), Line: string(e.Line)}
}

// latest is the error to tell: a look that the end of the wait cut short knows
// less than the one before.
func latest(ctx context.Context, before, now error) error {
	if now != nil && ctx.Err() != nil {
		return before
	}
	return now
}

// segmentOf names the file that holds a line: one of the newest two.
func (s *search) segmentOf(seq uint64) string {
	segments, err := auditlog.Segments(s.home.Audit())
	if err != nil {
		return ""
	}
	mark := fmt.Appendf(nil, `{"seq":%d,`, seq)
	for i := len(segments) - 1; i >= max(0, len(segments)-2); i-- {
		raw, err := os.ReadFile(segments[i].Path)
		if err == nil && (bytes.HasPrefix(raw, mark) || bytes.Contains(raw, append([]byte("\n"), mark...))) {
			return filepath.Base(segments[i].Path)
		}
	}
	return ""
}

func (s *search) lookInLoki(ctx context.Context) {
	q := lokiquery.Query{}.Label(semconv.LabelService, semconv.ServiceNameValue).Metadata(semconv.MetadataSessionID, s.SessionID)
	entries, err := s.client.QueryRange(ctx, q, s.start.Add(-time.Minute), time.Now().Add(time.Minute), 1, true)
	s.lokiErr = latest(ctx, s.lokiErr, err)
	if len(entries) != 1 {
		return
	}
	id := entries[0].Metadata[semconv.MetadataEventID]
	if s.EventID != "" && id != s.EventID {
		return
	}
	s.EventID = id
	s.Loki = &found{Millis: s.millis(), Labels: entries[0].Labels, Line: entries[0].Line}
}
