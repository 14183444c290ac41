package agentmetricsconnector

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// docs/metrics.md lists every metric with its unit and attributes, and the README every
// key and every metric of its own.
func TestPagesAreComplete(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "metrics.md"))
	require.NoError(t, err)
	m, err := newInstruments(createDefaultConfig().(*Config))
	require.NoError(t, err)
	for _, s := range m.all {
		require.Contains(t, string(page), "| `"+s.name+"` |")
		for _, key := range s.keys {
			require.Contains(t, string(page), "`"+key+"`", s.name)
		}
	}
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	own, err := os.ReadFile("documentation.md")
	require.NoError(t, err)
	for line := range strings.Lines(string(own)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "### "); ok {
			require.Contains(t, string(readme), "| `"+name+"` |")
		}
	}
	for _, key := range []string{
		"interval", "temporality", "histograms", "max_series", "max_attribute_bytes", "dedup_window",
		"active_window", "max_sessions", "max_agents", "exemplars", "project_attribute", "resource_attributes",
	} {
		require.Contains(t, string(readme), "| `"+key+"` |")
	}
}
