package query

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Everything that is printed for programs, and every preset, is on the page.
func TestPage(t *testing.T) {
	page, err := os.ReadFile("../../../docs/forensics.md")
	require.NoError(t, err)
	for _, v := range []any{Row{}, Group{}, Preset{}} {
		typ := reflect.TypeOf(v)
		for i := range typ.NumField() {
			name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			if name != "" {
				require.Contains(t, string(page), "`"+name+"`", "%s.%s", typ, typ.Field(i).Name)
			}
		}
	}
	for _, p := range presets {
		require.Contains(t, string(page), "`"+p.name+"`")
	}
}
