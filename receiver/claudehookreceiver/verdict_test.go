package claudehookreceiver

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/enforcement"
	"github.com/agent-telemetry/agent-telemetry/internal/eventjson"
	"github.com/agent-telemetry/agent-telemetry/internal/hookevent"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/spool"
	"github.com/agent-telemetry/agent-telemetry/internal/verdict"
)

// judges makes a pipeline that has something against commands with "rm", and then
// does what the test wants.
func (s *stage) judges(then func(context.Context, plog.Logs) error) {
	if then == nil {
		then = s.consume
	}
	s.consume = func(ctx context.Context, ld plog.Logs) error {
		request := verdict.From(ctx)
		for _, lr := range recordsOf(ld) {
			command, _ := lr.Attributes().Get(semconv.CommandLine)
			v := verdict.Verdict{Decision: semconv.DecisionNone}
			if strings.Contains(command.Str(), "rm") {
				v = verdict.Verdict{Decision: semconv.DecisionDeny, Rule: "no-rm", Title: "Removes \"things\""}
			}
			request.Set(v)
		}
		return then(ctx, ld)
	}
}

func toolCall(id, command string) hookevent.Event {
	raw, _ := json.Marshal(map[string]any{
		"session_id": "s", "cwd": "/", "hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_use_id": id, "tool_input": map[string]any{"command": command},
	})
	return hookevent.Build(hookevent.Decode(raw, 1<<20), hookevent.Context{Time: time.Unix(1700000000, 7), ID: id, Seq: 1, Transport: "command"})
}

func asking(mode, within string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Set(semconv.HeaderEnforce, mode)
		r.Header.Set(semconv.HeaderEnforceTimeout, within)
	}
}

func (s *stage) ask(e hookevent.Event, change ...func(*http.Request)) (reply, string) {
	s.t.Helper()
	got := s.post(s.client(), pathLogs, mediaJSON, eventjson.Request(e), change...)
	v, ok := enforcement.ParseHeader(got.header.Get(semconv.HeaderVerdict))
	if !ok {
		require.Empty(s.t, got.header.Get(semconv.HeaderVerdict))
		return got, "-"
	}
	return got, v.Decision
}

func TestLogsAreAnsweredWithTheVerdict(t *testing.T) {
	s := newStage(t)
	s.judges(nil)
	s.start()
	ids := eventIDs(5)
	closed := asking("closed", "1s")
	got, decision := s.ask(toolCall(ids[0], "rm -rf /"), closed)
	require.Equal(t, http.StatusOK, got.status)
	require.Equal(t, "deny", decision)
	require.Equal(t, `deny no-rm "Removes \"things\""`, got.header.Get(semconv.HeaderVerdict))
	_, decision = s.ask(toolCall(ids[1], "ls"), closed)
	require.Equal(t, "none", decision)
	for range 2 {
		s.take()
	}
	_, decision = s.ask(toolCall(ids[0], "rm -rf /"), closed)
	require.Equal(t, "deny", decision, "registered twice: the copy's sender waits as well")
	s.nothingMore()
	_, decision = s.ask(toolCall(ids[2], "rm -rf /"))
	require.Equal(t, "-", decision, "nobody asked")
	s.take()
	_, decision = s.ask(toolCall(ids[2], "rm -rf /"), closed)
	require.Equal(t, "deny", decision, "the copy that came first had not asked")
	s.nothingMore()
	_, decision = s.ask(toolCall(ids[0], "ls"), closed)
	require.Equal(t, "none", decision, "another call under the same id gets its own verdict")
	s.take()
}

func TestCopiesAtOnceAllGetTheVerdict(t *testing.T) {
	s := newStage(t)
	good := s.consume
	s.judges(func(ctx context.Context, ld plog.Logs) error {
		time.Sleep(20 * time.Millisecond) // long enough for the others to arrive
		return good(ctx, ld)
	})
	s.start()
	e := toolCall(eventIDs(1)[0], "rm x")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			got := s.post(s.client(), pathLogs, mediaJSON, eventjson.Request(e), asking("open", "1s"))
			if !strings.HasPrefix(got.header.Get(semconv.HeaderVerdict), "deny ") {
				t.Errorf("%v", got)
			}
		})
	}
	wg.Wait()
	s.take()
	s.nothingMore()
}

// What judges may stand before what cannot write, or takes its time to: who fills
// the disk, or keeps it busy, does not get past the verdict.
func TestVerdictDoesNotWaitForTheRecord(t *testing.T) {
	s := newStage(t)
	ids := eventIDs(3)
	release := make(chan struct{})
	good := s.consume
	slow := false
	s.judges(func(ctx context.Context, ld plog.Logs) error {
		if !slow {
			return errors.New("disk full")
		}
		<-release
		return good(ctx, ld)
	})
	s.start()
	got, decision := s.ask(toolCall(ids[0], "rm x"), asking("open", "1s"))
	require.Equal(t, http.StatusServiceUnavailable, got.status)
	require.Equal(t, "deny", decision)

	slow = true
	start := time.Now()
	got, decision = s.ask(toolCall(ids[1], "rm x"), asking("open", "50ms"))
	require.Equal(t, http.StatusServiceUnavailable, got.status, "the sender is to keep it")
	require.Equal(t, "deny", decision)
	require.Less(t, time.Since(start), time.Second)

	// Its copy says what was told; it is a duplicate all the same.
	s.spoolEvent(annotated(toolCall(ids[1], "rm x"), enforcement.Verdict{Decision: "deny", Rule: "no-rm"}))
	close(release)
	require.Equal(t, ids[1], s.take()[semconv.EventID])
	s.spoolEmpties()
	s.nothingMore()
}

func (s *stage) spoolEvent(e hookevent.Event) {
	s.t.Helper()
	require.NoError(s.t, spool.Write(s.config.spoolDir(), e.ID, eventjson.Request(e), spool.Bounds{}))
}

func TestNoVerdictWithoutAJudge(t *testing.T) {
	s := newStage(t).start()
	got, decision := s.ask(toolCall(eventIDs(1)[0], "rm x"), asking("closed", "1s"))
	require.Equal(t, http.StatusOK, got.status)
	require.Equal(t, "-", decision)
	s.take()
	require.False(t, *s.receiver.enforcement.judging.Load())
	require.EqualValues(t, 1, s.receiver.enforcement.unanswered.Load())
}

func decisionOf(t *testing.T, got reply) (decision, reason string) {
	t.Helper()
	if got.status == http.StatusNoContent {
		require.Empty(t, got.body)
		return "", ""
	}
	require.Equal(t, http.StatusOK, got.status)
	require.Equal(t, mediaJSON, got.header.Get("Content-Type"))
	var out struct {
		Hook map[string]string `json:"hookSpecificOutput"`
	}
	require.NoError(t, json.Unmarshal([]byte(got.body), &out))
	require.Equal(t, "PreToolUse", out.Hook["hookEventName"])
	return out.Hook["permissionDecision"], out.Hook["permissionDecisionReason"]
}

func TestHooksAreAnsweredWithTheVerdict(t *testing.T) {
	s := newStage(t)
	s.judges(nil)
	s.start()
	c := s.tcpClient()
	evil := strings.Replace(s.payload("a"), "echo a", "rm <script> a", 1)
	decision, reason := decisionOf(t, s.hook(c, evil, asking("open", "1s")))
	require.Equal(t, "deny", decision)
	require.Contains(t, reason, `Removes "things" (rule no-rm)`)
	require.NotContains(t, reason, "script", "nothing of the event")
	s.take()
	decision, _ = decisionOf(t, s.hook(c, evil, asking("open", "1s")))
	require.Equal(t, "deny", decision, "registered twice")
	s.nothingMore()
	decision, _ = decisionOf(t, s.hook(c, s.payload("b"), asking("closed", "1s")))
	require.Empty(t, decision)
	s.take()
	decision, _ = decisionOf(t, s.hook(c, strings.Replace(s.payload("c"), "echo", "rm", 1)))
	require.Empty(t, decision, "nobody asked")
	s.take()
	other := strings.Replace(strings.Replace(s.payload("d"), "PreToolUse", "PostToolUse", 1), "echo", "rm", 1)
	decision, _ = decisionOf(t, s.hook(c, other, asking("closed", "1s")))
	require.Empty(t, decision, "it has been done")
	s.take()
	long := strings.Replace(s.payload("e"), "echo", "echo "+strings.Repeat("x", 70_000), 1)
	decision, reason = decisionOf(t, s.hook(c, long, asking("closed", "1s")))
	require.Equal(t, "deny", decision)
	require.Contains(t, reason, "too long")
	s.take()
	decision, reason = decisionOf(t, s.hook(c, `{"session_id":"s1","cwd":"`+s.project+`","hook_event_name":"PreToolUse"`, asking("ask", "1s")))
	require.Equal(t, "ask", decision)
	require.Contains(t, reason, "agent-telemetry")
	s.take()
}

func TestHookWithoutAVerdictInTime(t *testing.T) {
	for mode, want := range map[string]string{"open": "", "ask": "ask", "closed": "deny", "nonsense": "deny"} {
		t.Run(mode, func(t *testing.T) {
			s := newStage(t)
			open := make(chan struct{})
			s.consume = func(context.Context, plog.Logs) error { <-open; return errors.New("no") }
			s.start()
			defer close(open)
			start := time.Now()
			decision, reason := decisionOf(t, s.hook(s.client(), s.payload("a"), asking(mode, "60ms")))
			require.Less(t, time.Since(start), time.Second)
			require.Equal(t, want, decision)
			if want != "" {
				require.Contains(t, reason, "did not answer in time")
			}
			files, err := filepath.Glob(filepath.Join(s.config.spoolDir(), "*.json"))
			require.NoError(t, err)
			require.Len(t, files, 1)
			ld, err := s.receiver.load(files[0])
			require.NoError(t, err)
			a := recordsOf(ld)[0].Attributes().AsRaw()
			require.Equal(t, semconv.ReasonNoAnswer, a[semconv.EnforcementReason], "the record says what was told")
			require.Equal(t, map[string]string{"": semconv.DecisionNone, "ask": semconv.DecisionAsk, "deny": semconv.DecisionDeny}[want], a[semconv.EnforcementDecision])
		})
	}
}

func TestRememberedVerdictsAreBounded(t *testing.T) {
	var m verdicts
	for i := range 3 * rememberedVerdicts {
		m.put(told{id: eventID{byte(i), byte(i >> 8), byte(i >> 16)}}, verdict.Verdict{Decision: "none"})
	}
	require.Len(t, m.of, rememberedVerdicts)
	require.Len(t, m.order, rememberedVerdicts)
	_, ok := m.get(told{id: eventID{0}})
	require.False(t, ok)
}
