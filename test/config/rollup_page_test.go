package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// docs/rollups.md names everything that internal/semconv names for roll-ups, and the
// default configuration makes the labels of them.
func TestRollupPageIsComplete(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "rollups.md"))
	require.NoError(t, err)
	config, err := os.ReadFile(filepath.Join(root, "otelcol-config.yaml"))
	require.NoError(t, err)
	for name, value := range textConstants(t, filepath.Join(root, "internal", "semconv", "rollup.go")) {
		switch name {
		case "RollupScopeName", "RollupEventPrefix":
		case "RollupKind", "RollupHour":
			require.Contains(t, string(config), "key: "+value+"}", name)
		case "RollupServiceName":
			require.Contains(t, string(page), `service="`+value+`"`)
		case "RollupAlertsPrefix":
			for _, severity := range []string{"critical", "high", "medium", "low"} {
				require.Contains(t, string(page), "`"+value+severity+"`")
			}
		default:
			require.True(t, strings.Contains(string(page), "`"+value+"`"), "docs/rollups.md lacks semconv.%s, %q", name, value)
		}
	}
}
