package report

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestThePageHasEveryField: docs/reports.md is the contract of the JSON.
func TestThePageHasEveryField(t *testing.T) {
	b, err := os.ReadFile("../../docs/reports.md")
	require.NoError(t, err)
	page := string(b)
	seen := map[reflect.Type]bool{}
	var look func(typ reflect.Type)
	look = func(typ reflect.Type) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || seen[typ] || !strings.Contains(typ.PkgPath(), "internal/report") {
			return // those of other packages are on their own pages
		}
		seen[typ] = true
		for i := range typ.NumField() {
			f := typ.Field(i)
			if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
				require.Contains(t, page, "`"+name+"`", "%s.%s", typ.Name(), f.Name)
			}
			look(f.Type)
		}
	}
	for _, v := range []any{Report{}, Session{}, Modification{}, Violation{}, Alert{}, CaseFile{}} {
		look(reflect.TypeOf(v))
	}
	for _, name := range TableNames() {
		require.Contains(t, page, "`"+name+"`")
	}
}
