// Package architecture_test holds the rules of what may import what.
package architecture_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/agent-telemetry/agent-telemetry"

// listed is a package as `go list` tells of it.
type listed struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

func list(t *testing.T, patterns ...string) []listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-json=ImportPath,Imports,Deps"}, patterns...)...)
	cmd.Dir = "../.."
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	require.NoError(t, err, errs.String())
	var packages []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return packages
		}
		require.NoError(t, err)
		packages = append(packages, p)
	}
}

func within(importPath, tree string) bool {
	return importPath == tree || strings.HasPrefix(importPath, tree+"/")
}

// Claude waits for the hook to start: it links nothing that is slow to begin.
func TestHookIsSmall(t *testing.T) {
	packages := list(t, "./cmd/claude-hook")
	require.Len(t, packages, 1)
	for _, dep := range packages[0].Deps {
		for _, heavy := range []string{
			"net/http", "crypto/tls", "go.opentelemetry.io/collector", "google.golang.org/protobuf",
			"google.golang.org/grpc", "github.com/gogo/protobuf", "go.uber.org/zap", "gopkg.in/yaml.v3",
		} {
			require.False(t, within(dep, heavy), "claude-hook links %s", dep)
		}
	}
}

// layer says how far from the ground a package is: cmd over components over
// internal. 0 is not ours.
func layer(importPath string) int {
	rest, ours := strings.CutPrefix(importPath, module)
	if !ours {
		return 0
	}
	switch first, _, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "/"); first {
	case "internal", "": // the root package holds embedded files only
		if within(importPath, module+"/internal/cli") {
			return 3 // the inner rooms of cmd/agent-telemetry
		}
		return 1
	case "hookexporter", "receiver", "processor", "exporter", "connector", "extension":
		return 2
	case "cmd":
		return 4
	default:
		return 5 // tests and generators
	}
}

// component returns the component a package belongs to, "" for none.
func component(importPath string) string {
	rest, ours := strings.CutPrefix(importPath, module+"/")
	if !ours {
		return ""
	}
	switch parts := strings.SplitN(rest, "/", 3); parts[0] {
	case "receiver", "processor", "exporter", "connector", "extension":
		if len(parts) > 1 {
			return path.Join(parts[0], parts[1])
		}
	}
	return ""
}

func TestArrowsPointOneWay(t *testing.T) {
	for _, p := range list(t, "./...") {
		for _, dep := range p.Imports {
			if l := layer(dep); l != 0 {
				require.LessOrEqual(t, l, layer(p.ImportPath), "%s imports %s", p.ImportPath, dep)
			}
			if other := component(dep); other != "" && layer(p.ImportPath) == 2 {
				require.Equal(t, component(p.ImportPath), other, "%s imports another component: %s", p.ImportPath, dep)
			}
		}
	}
}

func TestNamesStandOnTheGround(t *testing.T) {
	for _, p := range list(t, "./internal/semconv") {
		for _, dep := range p.Deps {
			require.Zero(t, layer(dep), "%s imports %s", p.ImportPath, dep)
		}
	}
}

// Loki's server is under the AGPL: it is run, never linked. Its push API's
// module has a licence of its own, Apache-2.0.
func TestLokiIsNotLinked(t *testing.T) {
	for _, p := range list(t, "./...") {
		for _, dep := range p.Deps {
			require.False(t, within(dep, "github.com/grafana/loki/v3"), "%s links %s", p.ImportPath, dep)
		}
	}
}
