package replay

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/exporter/auditlogexporter"
	"github.com/agent-telemetry/agent-telemetry/exporter/lokiexporter"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// startLoki runs a Loki with the repository's configuration.
func startLoki(t *testing.T, change func(string) string) *harness.LokiServer {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a real Loki")
	}
	bin, err := harness.FindBinaries()
	if err != nil && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	require.NoError(t, err)
	l, err := harness.NewLoki(bin, t.TempDir(), change)
	require.NoError(t, err)
	require.NoError(t, l.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, l.Stop()) })
	return l
}

// auditWriter appends to the audit log as the collector does.
func auditWriter(t *testing.T, home statedir.Dir) exporter.Logs {
	t.Helper()
	f := auditlogexporter.NewFactory()
	cfg := f.CreateDefaultConfig()
	cfg.(*auditlogexporter.Config).Directory = home.Audit()
	return started(t, f, cfg)
}

func lokiWriter(t *testing.T, url string) exporter.Logs {
	t.Helper()
	f := lokiexporter.NewFactory()
	cfg := f.CreateDefaultConfig()
	cfg.(*lokiexporter.Config).ClientConfig.Endpoint = url
	return started(t, f, cfg)
}

func started(t *testing.T, f exporter.Factory, cfg component.Config) exporter.Logs {
	t.Helper()
	e, err := f.CreateLogs(t.Context(), exportertest.NewNopSettings(f.Type()), cfg)
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { require.NoError(t, e.Shutdown(context.WithoutCancel(t.Context()))) })
	return e
}

// native is a record of Claude Code's own telemetry, without an event id.
func native(at time.Time, i int) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr(semconv.ServiceName, "claude-code")
	lr := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	lr.SetTimestamp(pcommon.NewTimestampFromTime(at))
	lr.SetObservedTimestamp(pcommon.NewTimestampFromTime(at.Add(time.Second)))
	lr.SetEventName("claude_code.tool_result")
	lr.Body().SetStr("claude_code.tool_result")
	a := lr.Attributes()
	a.PutStr(semconv.NativeEventName, "tool_result")
	a.PutStr(semconv.NativeToolName, "Bash")
	a.PutStr(semconv.SessionID, "native session")
	a.PutInt("n", int64(i))
	a.PutDouble("cost_usd", 2)
	a.PutDouble("share", 0.25)
	a.PutEmptyBytes("bytes").FromRaw([]byte{0, 1, 2})
	return ld
}

// records are those of all fixtures and some of the native telemetry.
func records(t *testing.T, home statedir.Dir, at time.Time) []plog.Logs {
	t.Helper()
	all, err := harness.Captured(t.Context(), home, t.TempDir(), hookfixtures.All(), at, 50*time.Millisecond)
	require.NoError(t, err)
	for i := range 20 {
		all = append(all, native(at.Add(time.Duration(i)*time.Second), i))
	}
	return all
}

// replay runs the command.
func replay(t *testing.T, home statedir.Dir, args ...string) (Result, string, error) {
	t.Helper()
	var out, errOut bytes.Buffer
	cmd := New(&cliio.Factory{IO: &cliio.IO{In: strings.NewReader(""), Out: &out, Err: &errOut}, HomeFlag: string(home)})
	cmd.SetArgs(append(args, "--json"))
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	err := cmd.ExecuteContext(t.Context())
	r := newResult()
	if out.Len() > 0 {
		require.NoError(t, json.Unmarshal(out.Bytes(), &r), out.String())
	}
	return r, errOut.String(), err
}

// content is all that a Loki has, in a comparable form.
func content(t *testing.T, url string, since time.Time) []string {
	t.Helper()
	c, err := lokiquery.FromEnv(url)
	require.NoError(t, err)
	var all []string
	for _, service := range []string{semconv.ServiceNameValue, "claude-code"} {
		require.NoError(t, c.Fresh().Walk(t.Context(), lokiquery.Query{}.Label(semconv.LabelService, service), since, time.Now().Add(time.Hour), false, func(e lokiquery.Entry) bool {
			raw, err := json.Marshal(e)
			require.NoError(t, err)
			all = append(all, string(raw))
			return true
		}))
	}
	slices.Sort(all)
	return all
}

func TestRebuildsWhatTheExporterMade(t *testing.T) {
	home := statedir.Dir(t.TempDir())
	lost, rebuilt := startLoki(t, nil), startLoki(t, nil)
	at := time.Now().Add(-10 * time.Minute)
	audit, loki := auditWriter(t, home), lokiWriter(t, lost.URL)
	all := records(t, home, at)
	for _, ld := range all {
		require.NoError(t, audit.ConsumeLogs(t.Context(), ld))
	}
	merged := plog.NewLogs()
	for _, ld := range all {
		ld.ResourceLogs().At(0).CopyTo(merged.ResourceLogs().AppendEmpty())
	}
	require.NoError(t, loki.ConsumeLogs(t.Context(), merged))
	require.Eventually(t, func() bool { return len(content(t, lost.URL, at.Add(-time.Hour))) == len(all) }, 20*time.Second, 100*time.Millisecond)

	// An empty answer is remembered by Loki: it must not be believed.
	require.Empty(t, content(t, rebuilt.URL, at.Add(-time.Hour)))
	r, _, err := replay(t, home, "--dry-run", "--loki-url", rebuilt.URL)
	var exit *cliio.ExitError
	require.ErrorAs(t, err, &exit)
	require.Equal(t, exitIncomplete, exit.Code)
	require.Equal(t, len(all), r.Missing)
	r, _, err = replay(t, home, "--loki-url", rebuilt.URL)
	require.NoError(t, err, "%+v", r)
	require.Equal(t, len(all), r.Sent)
	require.True(t, r.Complete)
	require.Equal(t, content(t, lost.URL, at.Add(-time.Hour)), content(t, rebuilt.URL, at.Add(-time.Hour)),
		"labels, lines and metadata are those of the exporter")

	// Again, and for one session: nothing is sent.
	for _, args := range [][]string{nil, {"--session", "native session"}} {
		r, _, err = replay(t, home, append(args, "--loki-url", rebuilt.URL)...)
		require.NoError(t, err)
		require.Zero(t, r.Sent)
		require.Positive(t, r.Present)
	}
	require.Len(t, content(t, rebuilt.URL, at.Add(-time.Hour)), len(all))
}

func TestOldEntriesAreCountedAndTakenAfterAFlush(t *testing.T) {
	home := statedir.Dir(t.TempDir())
	loki := startLoki(t, func(config string) string { // what takes half a minute by default
		return strings.Replace(config, "ingester:\n", "ingester:\n  flush_check_period: 1s\n", 1)
	})
	audit := auditWriter(t, home)
	now := time.Now()
	require.NoError(t, lokiWriter(t, loki.URL).ConsumeLogs(t.Context(), native(now.Add(-time.Minute), 0)))
	for i := range 5 {
		require.NoError(t, audit.ConsumeLogs(t.Context(), native(now.Add(-5*time.Hour+time.Duration(i)*time.Minute), 100+i)))
	}
	require.Eventually(t, func() bool { return len(content(t, loki.URL, now.Add(-time.Hour))) == 1 }, 20*time.Second, 100*time.Millisecond)
	r, _, err := replay(t, home, "--loki-url", loki.URL)
	require.Error(t, err)
	require.Equal(t, map[string]int{"too_far_behind": 5}, r.Refused)
	require.Equal(t, 5, r.NotStored)
	require.Contains(t, string(r.text(false)), "/flush")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, loki.URL+"/flush", nil)
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Eventually(t, func() bool {
		_, _, err := replay(t, home, "--loki-url", loki.URL)
		return err == nil
	}, 20*time.Second, 500*time.Millisecond)
	require.Len(t, content(t, loki.URL, now.Add(-6*time.Hour)), 6)
}

func TestWhatIsNotSent(t *testing.T) {
	home := statedir.Dir(t.TempDir())
	loki := startLoki(t, nil)
	l, err := auditlog.Open(home.Audit(), auditlog.Options{})
	require.NoError(t, err)
	at := time.Now().Add(-time.Hour).UTC().Format(time.RFC3339Nano)
	for _, record := range []string{
		`{"kind":"log","time":"` + at + `","resource":{"service.name":"s"},"body":"kept"}`,
		`{"kind":"log","resource":{"service.name":"s"},"body":"without a time"}`,
		`{"kind":"log","time":"` + at + `","trace_id":"zz","body":"bad id"}`,
		`{"kind":"from the future","time":"` + at + `","body":"?"}`,
		`{"kind":"heartbeat","time":"` + at + `"}`,
	} {
		_, err := l.Append(t.Context(), auditlog.Pending{JSON: []byte(record)})
		require.NoError(t, err)
	}
	require.NoError(t, l.Close())
	segments, err := auditlog.Segments(home.Audit())
	require.NoError(t, err)
	before, err := os.ReadFile(segments[0].Path)
	require.NoError(t, err)
	r, _, err := replay(t, home, "--loki-url", loki.URL)
	require.Error(t, err)
	require.Equal(t, 1, r.Sent)
	require.Equal(t, 1, r.Invalid)
	require.Equal(t, map[string]int{"from the future": 1}, r.Unknown)
	require.False(t, r.Complete)
	after, err := os.ReadFile(segments[0].Path)
	require.NoError(t, err)
	require.Equal(t, before, after, "the audit log is only read")

	// Damage is said, and what can be read is sent.
	f, err := os.OpenFile(filepath.Join(home.Audit(), "00000000.jsonl"), os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(t, err)
	_, err = fmt.Fprintln(f, "not JSON")
	require.NoError(t, err)
	require.NoError(t, f.Close())
	r, _, err = replay(t, home, "--loki-url", loki.URL)
	require.Error(t, err)
	require.NotEmpty(t, r.Damaged)
	require.Equal(t, 1, r.Present)
}

func TestGoesOnWhereItWasInterrupted(t *testing.T) {
	home := statedir.Dir(t.TempDir())
	loki := startLoki(t, nil)
	audit := auditWriter(t, home)
	now := time.Now()
	for i := range 20 {
		require.NoError(t, audit.ConsumeLogs(t.Context(), native(now.Add(-time.Hour+time.Duration(i)*time.Second), i)))
	}
	entries, err := auditlog.Last(t.Context(), home.Audit(), 8, auditlog.Filter{Kind: auditlog.KindLog})
	require.NoError(t, err)
	r, _, err := replay(t, home, "--loki-url", loki.URL, "--from-seq", fmt.Sprint(entries[0].Seq))
	require.NoError(t, err)
	require.Equal(t, 8, r.Sent)
	require.Equal(t, entries[7].Seq+1, r.NextSeq)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errOut bytes.Buffer
	cmd := New(&cliio.Factory{IO: &cliio.IO{In: strings.NewReader(""), Out: &out, Err: &errOut}, HomeFlag: string(home)})
	cmd.SetArgs([]string{"--loki-url", loki.URL})
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	require.ErrorIs(t, cmd.ExecuteContext(ctx), context.Canceled)
	r, _, err = replay(t, home, "--loki-url", loki.URL)
	require.NoError(t, err)
	require.Equal(t, 12, r.Sent)
	require.Equal(t, 8, r.Present)
}

func TestWithoutLokiOrLog(t *testing.T) {
	home := statedir.Dir(t.TempDir())
	for _, args := range [][]string{{}, {"--since", "soon"}, {"--since", "1h", "--until", "2h"}} {
		_, _, err := replay(t, home, append(args, "--loki-url", "http://127.0.0.1:1")...)
		var exit *cliio.ExitError
		require.ErrorAs(t, err, &exit)
		require.Equal(t, exitCannot, exit.Code)
	}
	require.NoError(t, auditWriter(t, home).ConsumeLogs(t.Context(), native(time.Now().Add(-time.Hour), 1)))
	_, _, err := replay(t, home, "--loki-url", "http://127.0.0.1:1")
	require.ErrorIs(t, err, lokiquery.ErrUnreachable)
}
