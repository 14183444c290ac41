package endtoend

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/secretscan/secretcorpus"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// A secret of each kind, in each place where people put it, reaches neither a file
// nor Loki: as a command of a hook, and as a record of native telemetry.
func TestNoSecretIsKept(t *testing.T) {
	s := own(t)
	_, err := s.Up(t.Context())
	require.NoError(t, err)
	const session, native = "secrets of all kinds", "secrets of all kinds, native"
	kinds := secretcorpus.Kinds()
	sent := 0
	records := plog.NewLogs()
	rl := records.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr(semconv.ServiceName, nativeService)
	sl := rl.ScopeLogs().AppendEmpty()
	for _, kind := range kinds {
		for _, sample := range kind.Samples() {
			payload, err := json.Marshal(map[string]any{
				"session_id": session, "cwd": s.Project, "hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_use_id": kind.Name + sample.Place,
				"tool_input": map[string]any{"command": sample.Text, "description": "Runs " + kind.Name},
			})
			require.NoError(t, err)
			out, err := s.Post(t.Context(), harness.Call{Payload: payload, ProjectDir: s.Project})
			require.NoError(t, err)
			require.NoError(t, out.Silent())
			sent++
			lr := sl.LogRecords().AppendEmpty()
			lr.Attributes().PutStr(semconv.SessionID, native)
			lr.Attributes().PutStr("event.name", "user_prompt")
			lr.Attributes().PutStr("prompt", sample.Text)
			lr.Body().SetStr(sample.Text)
		}
	}
	body, err := plogotlp.NewExportRequestFromLogs(records).MarshalProto()
	require.NoError(t, err)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1:"+strconv.Itoa(s.Ports.OTLPHTTP)+"/v1/logs", bytes.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/x-protobuf")
	answer, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode)

	var lines []string
	for _, name := range []string{session, native} {
		require.Len(t, awaitAudit(t, s, auditlog.Filter{SessionID: name}, sent), sent)
		for _, e := range awaitLoki(t, s, `{service=~".+"} | session_id="`+name+`"`, sent) {
			lines = append(lines, e.Line)
			for _, fields := range []map[string]string{e.Labels, e.Metadata} {
				for _, v := range fields {
					lines = append(lines, v)
				}
			}
		}
	}
	inLoki := strings.Join(lines, "\n")
	require.Contains(t, inLoki, "[REDACTED:", "the search finds what is kept")
	inFiles := everyFile(t, s)
	for _, kind := range kinds {
		for _, form := range forms(kind) {
			require.NotContains(t, inLoki, form, kind.Name)
			for path, content := range inFiles {
				require.False(t, bytes.Contains(content, []byte(form)), "%s in %s", kind.Name, path)
			}
		}
	}
}

// forms are a secret as it is, as JSON writes it, and in base64 as it was sent.
func forms(kind secretcorpus.Kind) []string {
	all := []string{kind.Secret}
	quoted, _ := json.Marshal(kind.Secret) // a string always is JSON
	all = append(all, strings.Trim(string(quoted), `"`))
	for _, sample := range kind.Samples() {
		if sample.Place == "base64" || sample.Place == "powershell" {
			words := strings.Fields(sample.Text)
			all = append(all, slices.MaxFunc(words, func(a, b string) int { return len(a) - len(b) }))
		}
	}
	return all
}

func everyFile(t *testing.T, s *harness.Stack) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	require.NoError(t, filepath.WalkDir(string(s.Home), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return ignoreGone(err)
		}
		content, err := os.ReadFile(path)
		files[path] = content
		return ignoreGone(err)
	}))
	return files
}
