package stack

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	agenttelemetry "github.com/agent-telemetry/agent-telemetry"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/internal/supervise"
)

// Where the files for Grafana stand in the repository.
const (
	grafanaProvisioning = "config/grafana/provisioning"
	grafanaDashboards   = "dashboards"
)

// notifying are the files that are of use only when somebody is to be told.
var notifying = map[string]bool{"contact-point.yaml": true, "policy.yaml": true}

// grafanaDir is a directory of our Grafana.
func grafanaDir(c *Config, name string) string { return filepath.Join(c.Home.Grafana(), name) }

// GrafanaPasswordFile holds the password of Grafana's user admin.
func GrafanaPasswordFile(home statedir.Dir) string {
	return filepath.Join(home.Grafana(), "admin-password")
}

// writeGrafanaFiles brings provisioning files and dashboards up to date, those of the
// clone this program was built in or else the embedded ones. What else is there is
// removed: Grafana would read it.
func writeGrafanaFiles(c *Config, notify bool) error {
	for _, dir := range []string{"", "data", "logs", "plugins"} {
		if err := statedir.Ensure(grafanaDir(c, dir)); err != nil {
			return err
		}
	}
	source := fs.FS(agenttelemetry.Files)
	if mod, ok := beside(filepath.Join("..", "go.mod")); ok || exists(mod) {
		source = os.DirFS(filepath.Dir(mod))
	}
	for from, to := range map[string]string{grafanaProvisioning: "provisioning", grafanaDashboards: "dashboards"} {
		if err := os.RemoveAll(grafanaDir(c, to)); err != nil {
			return fmt.Errorf("renew Grafana's files: %w", err)
		}
		if err := statedir.Ensure(grafanaDir(c, to)); err != nil {
			return err
		}
		if err := copyFiles(source, from, grafanaDir(c, to), notify); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("write Grafana's files: %w", err)
		}
	}
	return nil
}

// copyFiles copies the files that Grafana reads.
func copyFiles(source fs.FS, from, to string, notify bool) error {
	return fs.WalkDir(source, from, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rest := strings.TrimPrefix(strings.TrimPrefix(name, from), "/")
		target := filepath.Join(to, filepath.FromSlash(rest))
		if d.IsDir() {
			// Dashboards stand at the root; what lies deeper makes them.
			if from == grafanaDashboards && rest != "" {
				return fs.SkipDir
			}
			return statedir.Ensure(target)
		}
		if suffix := path.Ext(name); suffix != ".yaml" && suffix != ".json" || !notify && notifying[path.Base(name)] {
			return nil
		}
		text, err := fs.ReadFile(source, name)
		if err != nil {
			return err
		}
		return WriteFile(target, text)
	})
}

// grafanaSecret returns the secret in a file of our Grafana, and makes it first when
// there is none.
func grafanaSecret(path string) (string, error) {
	text, err := supervise.ReadFile(path, 1<<10)
	if secret := strings.TrimSpace(string(text)); err == nil && len(secret) >= 16 {
		return secret, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read a secret of Grafana: %w", err)
	}
	secret := rand.Text()
	return secret, WriteFile(path, []byte(secret+"\n"))
}
