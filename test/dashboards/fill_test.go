package dashboards

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"

	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/eventgen"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// storySession is the session that is chosen on the dashboards.
const storySession = "5e551011-0000-4000-8000-000000000001"

// fill sends to the stack what the dashboards show: a session told by hooks, one of
// every kind of payload, and an hour of sessions with Claude Code's own telemetry.
func fill(t *testing.T, s *harness.Stack) {
	t.Helper()
	(&story{t: t, stack: s, session: storySession}).tell()
	for _, f := range hookfixtures.All() {
		o, err := s.Post(t.Context(), harness.Call{Payload: f.Payload(s.Project), ProjectDir: s.Project})
		require.NoError(t, err)
		require.NoError(t, o.Silent())
	}
	recorded(t, s)
	made := eventgen.New(eventgen.Options{Seed: 7, Events: 4000, Sessions: 20, Start: time.Now().Add(-50 * time.Minute), Span: 45 * time.Minute, Alerts: -1})
	lost := 0
	for ld := range made.All() {
		lost += loseSome(ld, lost)
		send(t, s, ld)
	}
	require.Positive(t, lost)
	send(t, s, native(storySession, "api_request"))
	send(t, s, native(storySession, "api_error"))
	// How agents worked together is told when events have gone on for a minute: so that
	// it is not waited for, some are of the time to come.
	for ld := range eventgen.New(eventgen.Options{Events: 16, Sessions: 1, Start: time.Now().Add(ahead), Span: 2 * time.Second, Alerts: -1, NoNative: true}).All() {
		send(t, s, ld)
	}
	acknowledge(t, s)
}

// ahead is a little more than what the coordination processor waits for late events.
const ahead = 65 * time.Second

// recorded posts payloads that were recorded from a real Claude Code, where they are at
// hand: they are not part of the repository.
func recorded(t *testing.T, s *harness.Stack) {
	t.Helper()
	files, err := filepath.Glob("../../../shared/testdata/hooks/*.jsonl")
	require.NoError(t, err)
	for _, name := range files {
		raw, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, line := range bytes.Split(bytes.TrimSpace(raw), []byte("\n")) {
			line = bytes.ReplaceAll(line, []byte("<RUN>"), []byte(s.Project))
			o, err := s.Post(t.Context(), harness.Call{Payload: line, ProjectDir: s.Project})
			require.NoError(t, err)
			require.NoError(t, o.Silent())
		}
	}
}

// loseSome takes the records 5 and 6 out of the first session that has them, as if
// they had been lost, and returns how many it took.
func loseSome(ld plog.Logs, already int) int {
	lost := 0
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			sl.LogRecords().RemoveIf(func(lr plog.LogRecord) bool {
				seq, ok := lr.Attributes().Get(semconv.SessionSeq)
				take := ok && already+lost < 2 && (seq.Int() == 5 || seq.Int() == 6)
				if take {
					lost++
				}
				return take
			})
		}
	}
	return lost
}

func send(t *testing.T, s *harness.Stack, ld plog.Logs) {
	t.Helper()
	raw, err := plogotlp.NewExportRequestFromLogs(ld).MarshalProto()
	require.NoError(t, err)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1:"+strconv.Itoa(s.Ports.OTLPHTTP)+"/v1/logs", bytes.NewReader(raw))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/x-protobuf")
	o, err := harness.Do(http.DefaultClient, req)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, o.Status, o.Body)
}

// native is what Claude Code itself tells of a request to the model.
func native(session, event string) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr(semconv.ServiceName, "claude-code")
	lr := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	now := time.Now()
	lr.SetTimestamp(timestamp(now))
	lr.Body().SetStr("claude_code." + event)
	for k, v := range map[string]string{
		semconv.NativeEventName: event, semconv.SessionID: session, "model": "claude-opus-4", "cost_usd": "0.42", "duration_ms": "2100",
		"input_tokens": "1200", "output_tokens": "300", "cache_read_tokens": "9000", "cache_creation_tokens": "800", "event.sequence": "1",
		"event.timestamp": now.UTC().Format(time.RFC3339Nano), semconv.NativePromptID: "prompt-1",
	} {
		lr.Attributes().PutStr(k, v)
	}
	return ld
}

func acknowledge(t *testing.T, s *harness.Stack) {
	t.Helper()
	query := fmt.Sprintf("{service=%q, event=%q}", semconv.ServiceNameValue, semconv.EventSecurityAlert)
	var found []harness.Entry
	await(t, "an alert in Loki", func() (err error) {
		found, err = s.Query(t.Context(), query)
		return enough(len(found), 2, err)
	})
	for i, env := range [][]string{nil, {"CLAUDECODE=1"}} { // by a person, and by an agent
		cmd := s.Command(t.Context(), "alerts", "ack", found[i].Metadata[semconv.MetadataAlertID], "--reason", "looked through", "--by", "ana")
		cmd.Env = append(cmd.Env, env...)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
}

// patience is how long what comes every minute is waited for: a window of a minute,
// its grace, and a busy machine.
const patience = 150 * time.Second

func await(t *testing.T, what string, try func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		err := try()
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			require.NoError(t, err, "waited for %s", what)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func enough(got, want int, err error) error {
	if err == nil && got < want {
		err = fmt.Errorf("%d of %d", got, want)
	}
	return err
}

// awaitRollups waits until everything is counted and the collector has told of
// itself: the acknowledgement is the last record that was sent, and the gap comes
// half a minute later.
func awaitRollups(t *testing.T, s *harness.Stack) {
	t.Helper()
	past := time.Now().Add(ahead + 5*time.Second)
	defer func() { time.Sleep(time.Until(past)) }()
	rollup := func(kind, line string) string {
		return fmt.Sprintf("{service=%q, rollup=%q} |= %q", semconv.RollupServiceName, kind, line)
	}
	for _, query := range []string{
		rollup(semconv.RollupAlert, semconv.RollupAcknowledged+"="), rollup(semconv.RollupSession, semconv.RollupMissing+"="),
		fmt.Sprintf("{service=%q, event=%q, session=%q}", semconv.ServiceNameValue, semconv.EventAgentLink, storySession),
		fmt.Sprintf("{service=%q, event=%q} | session_id=%q", semconv.CoordinationServiceName, semconv.EventSessionCoordination, storySession),
		rollup(semconv.RollupUsage, storySession), rollup(semconv.RollupHealth, ""), rollup(semconv.RollupDelivery, ""), rollup(semconv.RollupChannel, ""),
	} {
		await(t, query, func() error {
			found, err := s.Query(t.Context(), query)
			return enough(len(found), 1, err)
		})
	}
}
