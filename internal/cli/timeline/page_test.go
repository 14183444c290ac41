package timeline

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// Everything that is printed for programs is on the page.
func TestPage(t *testing.T) {
	page, err := os.ReadFile("../../../docs/forensics.md")
	require.NoError(t, err)
	for _, v := range []any{
		Summary{}, story.Session{}, story.Counts{}, story.AlertCounts{}, story.Entry{}, story.Tool{}, story.Alert{}, story.Acknowledgement{}, story.Gap{}, story.Agent{},
	} {
		typ := reflect.TypeOf(v)
		for i := range typ.NumField() {
			name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			if name != "" && name != "-" { // "-" is not printed
				require.Contains(t, string(page), "`"+name+"`", "%s.%s", typ, typ.Field(i).Name)
			}
		}
	}
}
