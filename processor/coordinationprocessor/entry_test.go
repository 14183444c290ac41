package coordinationprocessor

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
)

// An entry is read again as it was written.
func TestEntriesAreWrittenAsTheyAreRead(t *testing.T) {
	full := entry{File: 1, Log: "lo\"g", First: 2, Now: 3, Quiet: 4, Events: []event{
		{"a\n", "pé", coordination.Event{ID: "x", At: 5, Asked: &coordination.Asked{Child: "c"}}}, {Session: "s"},
	}}
	generated := entry{Log: "log", First: 1, Now: 1}
	for _, ld := range batches()[:3] {
		generated.read(ld)
		require.NotEmpty(t, generated.Events)
		for _, e := range []entry{full, generated, {}, {Quiet: 1}, {File: 7, Events: []event{}}} {
			line := e.appendJSON(nil)
			want, err := json.Marshal(&e)
			require.NoError(t, err)
			require.JSONEq(t, string(want), string(line))
			require.NotContains(t, string(line[:len(line)-1]), "\n")
		}
	}
}
