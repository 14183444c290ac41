package securityalertprocessor

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/capture"
	"github.com/agent-telemetry/agent-telemetry/internal/detection"
	"github.com/agent-telemetry/agent-telemetry/internal/detection/facts"
	"github.com/agent-telemetry/agent-telemetry/internal/eventjson"
	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// What judging costs of events as hooks send them, with all that they say: those of
// the benchmark of the whole pipeline.
func BenchmarkEvents(b *testing.B) {
	for _, name := range []string{"files/edit-post", "shell/test-pre"} {
		b.Run(name, func(b *testing.B) {
			dir := b.TempDir()
			project := filepath.Join(dir, "shop")
			require.NoError(b, os.Mkdir(project, 0o700))
			require.NoError(b, os.WriteFile(filepath.Join(project, semconv.MarkerFile), nil, 0o600))
			captured, err := capture.New(capture.Settings{Dir: statedir.Dir(filepath.Join(dir, "state")), PromptPreview: true}).Capture(b.Context(), capture.Input{
				Payload: hookfixtures.Named(name).PayloadIn(project, "3f2504e0-4f89-41d3-9a0c-0305e82c3301"), Transport: semconv.TransportCommand,
				ProjectDir: project, InstallScope: semconv.InstallScopeProject, Received: time.Now(),
			})
			require.NoError(b, err)
			ld, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs(eventjson.Request(captured.Event))
			require.NoError(b, err)
			p := newBench(b, nil)
			p.next = drop{}
			rules, faults := detection.Load(detection.Defaults())
			require.NoError(b, faults.Err())
			p.rules = func() *detection.Ruleset { return rules }
			where := place(p.config)
			p.factsOf = func(resource pcommon.Map, lr plog.LogRecord) *facts.Facts {
				return facts.FromRecord(resource, lr, where)
			}
			lr := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
			require.Positive(b, lr.Attributes().Len())
			var calls [256]string // one each, as a ring of a session's calls has them
			for i := range calls {
				calls[i] = "toolu_" + strconv.Itoa(i)
			}
			n := 0
			b.ReportAllocs()
			for b.Loop() {
				n++
				lr.Attributes().PutStr(semconv.ToolCallID, calls[n%len(calls)])
				p.at = p.at.Add(time.Second)
				lr.SetTimestamp(pcommon.NewTimestampFromTime(p.at))
				if err := p.ConsumeLogs(context.Background(), ld); err != nil {
					b.Fatal(err)
				}
			}
			require.Equal(b, 1, ld.LogRecordCount(), "it was not benign")
		})
	}
}
