package agents

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
)

// Everything that is printed for programs is on the page.
func TestPage(t *testing.T) {
	page, err := os.ReadFile("../../../docs/agents.md")
	require.NoError(t, err)
	for _, k := range figureKinds {
		require.Contains(t, string(page), "`"+k.name+"`")
	}
	for _, v := range []any{
		TreeSummary{},
		Agent{},
		StatsSummary{},
		coordination.Overview{},
		Group{},
		coordination.Total{},
		comparison{},
		Side{},
		Figure{},
		Recommendation{},
		coordination.Recommendation{},
		coordination.Number{},
		coordination.Evidence{},
	} {
		typ := reflect.TypeOf(v)
		for i := range typ.NumField() {
			name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			if name != "" {
				require.Contains(t, string(page), "`"+name+"`", "%s.%s", typ, typ.Field(i).Name)
			}
		}
	}
}
