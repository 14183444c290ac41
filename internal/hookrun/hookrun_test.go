package hookrun

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"

	"github.com/agent-telemetry/agent-telemetry/internal/capture"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

func run(t *testing.T, home string, stdin io.Reader, change ...func(*Options)) error {
	t.Helper()
	o := &Options{Stdin: stdin, Home: home, Scope: semconv.InstallScopeUser, Now: time.Now, WorkingDir: func() (string, error) { return home, nil }}
	for _, f := range change {
		f(o)
	}
	return Run(context.Background(), o)
}

func spooled(t *testing.T, home string) []plogotlp.ExportRequest {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(home, "spool", "*.json"))
	require.NoError(t, err)
	var out []plogotlp.ExportRequest
	for _, f := range files {
		raw, err := os.ReadFile(f)
		require.NoError(t, err)
		req := plogotlp.NewExportRequest()
		require.NoError(t, req.UnmarshalJSON(raw))
		out = append(out, req)
	}
	return out
}

func TestRunSpoolsWithoutACollector(t *testing.T) {
	home := t.TempDir()
	require.NoError(t, run(t, home, strings.NewReader(`{"session_id":"s","cwd":"/","hook_event_name":"Stop"}`)), "a collector that is not running is no fault")
	got := spooled(t, home)
	require.Len(t, got, 1)
	require.Equal(t, "claude_code.turn_end", got[0].Logs().ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).EventName())
}

func TestRunRecordsNothingWhereNotActivated(t *testing.T) {
	home := t.TempDir()
	require.NoError(t, run(t, home, strings.NewReader(`{"session_id":"s","cwd":"`+home+`"}`), func(o *Options) { o.Scope = "" }))
	require.Empty(t, spooled(t, home))
	require.NoDirExists(t, filepath.Join(home, "run"))
}

func TestRunKeepsAnOversizedPayloadsSizeAndHash(t *testing.T) {
	home := t.TempDir()
	size := capture.MaxPayloadBytes + 12345
	payload := append([]byte(`{"session_id":"s","hook_event_name":"PreToolUse","tool_name":"Write","x":"`), bytes.Repeat([]byte("a"), size)...)
	require.NoError(t, run(t, home, bytes.NewReader(payload)))
	attrs := spooled(t, home)[0].Logs().ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes().AsRaw()
	require.Equal(t, int64(len(payload)), attrs[semconv.PayloadBytes])
	require.Equal(t, "hook_event", attrs[semconv.EventType])
	require.Equal(t, "Write", attrs[semconv.ToolName])
	require.Contains(t, attrs[semconv.DecodeError], "larger")
}

// A payload without an end is read to a bound, and the record says that its
// hash is not that of the whole.
func TestRunMarksTheHashOfAPartOfThePayload(t *testing.T) {
	home := t.TempDir()
	start := `{"session_id":"s","hook_event_name":"PreToolUse","tool_name":"Write","x":"`
	require.NoError(t, run(t, home, io.MultiReader(strings.NewReader(start), endless{})))
	attrs := spooled(t, home)[0].Logs().ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes().AsRaw()
	const read = capture.MaxPayloadBytes + 1 + maxDrain
	require.Equal(t, int64(read), attrs[semconv.PayloadBytes])
	require.Len(t, attrs[semconv.PayloadSHA256], 64)
	require.Contains(t, attrs[semconv.DecodeError], fmt.Sprintf("payload has %d bytes or more, its hash is of these", read))
	require.Equal(t, "Write", attrs[semconv.ToolName], "what stands at its start is kept")
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestRunWithABadEndpointStillKeepsTheEvent(t *testing.T) {
	home := t.TempDir()
	err := run(t, home, strings.NewReader(`{"session_id":"s"}`), func(o *Options) { o.Endpoint = "http://192.0.2.1:4318" })
	require.ErrorContains(t, err, "not on this host")
	require.Len(t, spooled(t, home), 1)
}

func TestEmergencyKeepsWhatIsKnown(t *testing.T) {
	home := t.TempDir()
	o := &Options{Home: home, Scope: semconv.InstallScopeUser, Now: time.Now}
	payload := []byte(`{"session_id":"s","tool_name":"Write"`)
	o.Payload.Store(&payload)
	require.ErrorIs(t, Emergency(o), ErrTime)
	attrs := spooled(t, home)[0].Logs().ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes().AsRaw()
	require.Equal(t, "s", attrs[semconv.SessionID])
	require.Contains(t, attrs[semconv.DecodeError], "out of time")
	o.Scope = ""
	require.NoError(t, Emergency(o), "nothing where it is not activated")
	require.Len(t, spooled(t, home), 1)
}

func TestLogErrorIsBoundedAndPrivate(t *testing.T) {
	home := t.TempDir()
	path := filepath.Join(home, "logs", ErrorLog)
	LogError(home, io.ErrUnexpectedEOF)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	require.NoError(t, os.WriteFile(path, make([]byte, maxErrorLog+1), 0o600))
	LogError(home, io.ErrUnexpectedEOF)
	info, err = os.Stat(path)
	require.NoError(t, err)
	require.Less(t, info.Size(), int64(1000))
}
