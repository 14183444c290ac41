package grafanaschema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/dashboards"
	"github.com/agent-telemetry/agent-telemetry/test/npmpackages"
)

// versions are the packages whose types dashboards are held to.
var versions = []string{"grafana-schema-11-1", "grafana-schema-11-6"}

func TestDashboardsFitGrafanasTypes(t *testing.T) {
	modules := npmpackages.Install(t, "../..", "../grafanaschema")
	checks := render(t)
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			out, err := compile(t, modules, version, checks)
			require.NoError(t, err, "%s", out)
		})
	}
}

// The check finds what is wrong: else it would find nothing in good dashboards, too.
func TestWrongDashboardsAreFound(t *testing.T) {
	modules := npmpackages.Install(t, "../..", "../grafanaschema")
	bad := string(render(t))
	wrong := []struct{ what, with, found string }{
		{`"showTime":true`, `"showTime":true,"colour":"blue"`, "'\"colour\"' does not exist"},
		{`"graphMode":"none"`, `"graphMode":"nothing"`, `'"nothing"' is not assignable`},
		{`"arcs":[{`, `"arcs":[{"width":3,`, "'\"width\"' does not exist"},
		{`"showHeader":true`, `"showHeader":"yes"`, "'string' is not assignable to type 'boolean"},
		{`"gridPos":{`, `"gridPlace":1,"gridPos":{`, "'\"gridPlace\"' does not exist"},
		{`"editorMode":"code"`, `"editorMode":"coding"`, `'"coding"' is not assignable`},
	}
	for _, w := range wrong {
		require.Contains(t, bad, w.what)
		bad = strings.Replace(bad, w.what, w.with, 1)
	}
	out, err := compile(t, modules, versions[0], []byte(bad))
	require.Error(t, err)
	for _, w := range wrong {
		require.Contains(t, out, w.found)
	}
}

// compile has the checks compiled, which writes nothing, and returns what is wrong.
func compile(t *testing.T, modules, version string, checks []byte) (string, error) {
	t.Helper()
	dir := t.TempDir()
	types, err := os.ReadFile("types.ts")
	require.NoError(t, err)
	pkg := filepath.Join(modules, version)
	config, err := json.Marshal(map[string]any{
		"compilerOptions": map[string]any{
			"strict": true, "noEmit": true, "skipLibCheck": true, "module": "esnext", "moduleResolution": "bundler", "target": "es2022",
			"types": []string{}, "baseUrl": dir,
			"paths": map[string]any{
				"@grafana/schema":   []string{filepath.Join(pkg, "dist", "esm", "index.d.ts")},
				"@grafana/schema/*": []string{filepath.Join(pkg, "*")},
			},
		},
		"files": []string{"types.ts", "checks.ts"},
	})
	require.NoError(t, err)
	for name, text := range map[string][]byte{"types.ts": types, "checks.ts": checks, "tsconfig.json": config} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	}
	cmd := exec.CommandContext(t.Context(), "node", filepath.Join(modules, "typescript", "bin", "tsc"), "-p", dir)
	out, err := cmd.CombinedOutput()
	return string(out[:min(len(out), 8000)]), err
}

// object is a JSON object whose fields keep their text.
type object map[string]json.RawMessage

// writer writes a constant for each part of a dashboard, with its type.
type writer struct {
	bytes.Buffer
	n int
}

func (w *writer) check(kind string, value any) {
	raw, err := json.Marshal(value)
	if err != nil {
		panic(err) // was read from JSON
	}
	w.n++
	fmt.Fprintf(w, "export const c%d: %s = %s;\n", w.n, kind, raw)
}

func render(t *testing.T) []byte {
	t.Helper()
	w := &writer{}
	w.WriteString("import type * as t from './types';\n")
	names, err := fs.Glob(dashboards.Files, "*.json")
	require.NoError(t, err)
	for _, name := range names {
		raw, err := dashboards.Files.ReadFile(name)
		require.NoError(t, err)
		var d object
		require.NoError(t, json.Unmarshal(raw, &d))
		for _, v := range list(t, read(t, d["templating"])["list"]) {
			w.check("t.VariableJson", without(v, "query"))
		}
		for _, a := range list(t, read(t, d["annotations"])["list"]) {
			w.check("t.TargetJson", a["target"])
			w.check("t.AnnotationJson", without(a, "target"))
		}
		for _, p := range list(t, d["panels"]) {
			if string(p["type"]) != `"row"` {
				w.panel(t, p)
				continue
			}
			for _, inner := range list(t, p["panels"]) {
				w.panel(t, inner)
			}
			w.check("t.RowJson", without(p, "panels"))
		}
		w.check("t.DashboardJson", without(d, "templating", "annotations", "panels"))
	}
	return w.Bytes()
}

func (w *writer) panel(t *testing.T, p object) {
	t.Helper()
	kind := string(p["type"])
	w.check("t.OptionsJson["+kind+"]", p["options"])
	for _, q := range list(t, p["targets"]) {
		w.check("t.TargetJson", q)
	}
	fields := read(t, p["fieldConfig"])
	for _, o := range list(t, fields["overrides"]) {
		w.check("t.OverrideJson", o)
	}
	defaults := read(t, fields["defaults"])
	for _, l := range list(t, defaults["links"]) {
		w.check("t.LinkJson", l)
	}
	if custom := defaults["custom"]; custom != nil {
		w.check("t.CustomJson["+kind+"]", custom)
	}
	w.check("t.DefaultsJson", without(defaults, "custom", "links"))
	w.check("t.FieldsJson", without(fields, "defaults", "overrides"))
	w.check("t.PanelJson", without(p, "options", "targets", "fieldConfig"))
}

func read(t *testing.T, raw json.RawMessage) object {
	t.Helper()
	var o object
	require.NoError(t, json.Unmarshal(raw, &o))
	return o
}

func list(t *testing.T, raw json.RawMessage) []object {
	t.Helper()
	var all []object
	if raw != nil {
		require.NoError(t, json.Unmarshal(raw, &all))
	}
	return all
}

func without(o object, names ...string) object {
	out := object{}
	for k, v := range o {
		out[k] = v
	}
	for _, n := range names {
		delete(out, n)
	}
	return out
}
