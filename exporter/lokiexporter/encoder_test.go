package lokiexporter

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

func TestEncoderKeepsTheOrderOfTheRecords(t *testing.T) {
	e, err := NewEncoder(createDefaultConfig().(*Config))
	require.NoError(t, err)
	ld, records := newLogs("claude-telemetry")
	addHookRecord(records, "session-1", 2, testTime.Add(time.Second))
	addHookRecord(records, "session-2", 1, testTime)
	addHookRecord(records, "session-1", 1, testTime)
	records.AppendEmpty().Body().SetStr("without a time")
	for range 2 { // nothing is remembered
		got := e.Encode(ld)
		require.Len(t, got, 4)
		require.Equal(t, testTime.Add(time.Second), got[0].Time)
		require.Equal(t, "session-2", got[1].Labels[semconv.LabelSession])
		require.Equal(t, "1", got[2].Metadata[semconv.MetadataSeq])
		require.NotContains(t, got[2].Line, semconv.BodyRawInput)
		require.True(t, got[3].Time.IsZero())
		require.Equal(t, map[string]string{semconv.LabelService: "claude-telemetry"}, got[3].Labels)
	}
	cfg := createDefaultConfig().(*Config)
	cfg.Labels = []FieldConfig{field("tool", SourceAttribute, semconv.ToolName)}
	e, err = NewEncoder(cfg)
	require.NoError(t, err)
	ld = plog.NewLogs()
	ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	require.Equal(t, map[string]string{"tool": "unknown"}, e.Encode(ld)[0].Labels, "Loki takes no stream without labels")
}
