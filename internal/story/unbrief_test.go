package story

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// FuzzUnbrief: what stands in front of a line is what was put there, whatever it is, and
// a line that is none is an error.
func FuzzUnbrief(f *testing.F) {
	f.Add("5e551011", "Bash", `{"a":1}`)
	f.Add("\" \"\\\n\u202e", "`}}", "\" x")
	f.Add("\xff", "", "")
	f.Fuzz(func(t *testing.T, session, tool, line string) {
		head := fmt.Sprintf("%q %q %q %q %q %q %q ", session, "PreToolUse", "", "", tool, "project", "shop")
		e, err := unbrief(lokiquery.Entry{Line: head + line})
		require.NoError(t, err)
		require.Equal(t, session, e.Metadata[semconv.MetadataSessionID])
		require.Equal(t, tool, e.Labels[semconv.LabelTool])
		require.Equal(t, "shop", e.Labels[semconv.LabelProject])
		require.Equal(t, line, e.Line)
		if _, err := unbrief(lokiquery.Entry{Line: line}); err != nil {
			require.ErrorIs(t, err, errBrief)
		}
	})
}
