package config_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// docs/event.md names everything that internal/semconv names for an event.
func TestEventPageIsComplete(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "event.md"))
	require.NoError(t, err)
	for _, file := range []string{"attributes.go", "body.go", "events.go", "alerts.go", "acknowledgement.go", "claims.go", "agent.go"} {
		for name, value := range textConstants(t, filepath.Join(root, "internal", "semconv", file)) {
			switch name {
			case "EventNamePrefix", // shown with the event type behind it
				"InstallScopeUser", "InstallScopeManaged", "ReasoningThink", "ReasoningThinkHard", "ReasoningUltrathink":
				continue
			}
			require.Contains(t, string(page), "`"+value+"`", "docs/event.md lacks semconv.%s", name)
		}
	}
}

func textConstants(t *testing.T, path string) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	require.NoError(t, err)
	constants := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		for i, value := range spec.Values {
			if lit, ok := value.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				text, err := strconv.Unquote(lit.Value)
				require.NoError(t, err)
				constants[spec.Names[i].Name] = text
			}
		}
		return true
	})
	require.NotEmpty(t, constants, path)
	return constants
}
