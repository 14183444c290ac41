// Package npmpackages installs packages of npm for tests.
package npmpackages

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Install puts what package.json and package-lock.json in dir name into a directory of
// the tools, once for each lock file, and returns its node_modules. root is the
// repository. The test is skipped where there is no npm.
func Install(t *testing.T, root, dir string) string {
	t.Helper()
	npm, err := exec.LookPath("npm")
	if err != nil {
		t.Skip("there is no npm on the PATH: what Grafana's own code says to our dashboards is not checked")
	}
	lock, err := os.ReadFile(filepath.Join(dir, "package-lock.json"))
	require.NoError(t, err)
	require.NotContains(t, string(lock), `"resolved"`, "a lock file names no registry")
	manifest, err := os.ReadFile(filepath.Join(dir, "package.json"))
	require.NoError(t, err)
	into, err := filepath.Abs(filepath.Join(root, ".tools", fmt.Sprintf("%s-%.16x", filepath.Base(dir), sha256.Sum256(lock))))
	require.NoError(t, err)
	done := filepath.Join(into, "installed")
	if _, err := os.Stat(done); err == nil {
		return filepath.Join(into, "node_modules")
	}
	require.NoError(t, errors.Join(os.MkdirAll(into, 0o755),
		os.WriteFile(filepath.Join(into, "package.json"), manifest, 0o644), os.WriteFile(filepath.Join(into, "package-lock.json"), lock, 0o644)))
	cmd := exec.CommandContext(t.Context(), npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps")
	cmd.Dir = into
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "npm ci: %s", strings.TrimSpace(string(out)))
	require.NoError(t, os.WriteFile(done, nil, 0o600))
	return filepath.Join(into, "node_modules")
}
