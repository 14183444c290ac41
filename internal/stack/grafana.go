package stack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// ErrNoGrafana says that no Grafana was found on this machine.
var ErrNoGrafana = errors.New("no Grafana was found: install one (https://grafana.com/grafana/download) so that `grafana` is on the PATH or name it with --grafana-bin, " +
	"run one in a container with deploy/compose.yaml, or import the dashboards into one that you have: see docs/grafana.md")

// The oldest Grafana that understands the dashboards.
const minGrafanaMajor, minGrafanaMinor = 11, 1

// Both `grafana --version` and `grafana-server -v` say it, in their own words.
var grafanaVersion = regexp.MustCompile(`(?im)^(?:grafana )?version v?((\d{1,4})\.(\d{1,4})\.[0-9A-Za-z.+-]{1,40})`)

// Grafana is a program that says that it is Grafana, and where its own files are.
type Grafana struct {
	Path    string `json:"path"`
	Home    string `json:"home"` // holds conf/defaults.ini and public/
	Version string `json:"version"`
}

// packaged is where the packages of distributions put Grafana. Their programs on the
// PATH are scripts that add the system's own configuration.
const packaged = "/usr/share/grafana"

// FindGrafana returns the Grafana to run: the one that is configured, else `grafana`
// or `grafana-server` on the PATH. One that is too old, or whose own files are not
// found, is passed over. ErrNoGrafana when there is none.
func FindGrafana(ctx context.Context, c *Config) (Grafana, error) {
	if c.GrafanaBin != "" {
		return askGrafana(ctx, c.GrafanaBin, c.GrafanaHome)
	}
	reasons := []error{ErrNoGrafana}
	for _, name := range []string{semconv.GrafanaBinary, semconv.GrafanaBinary + "-server"} {
		path, err := exec.LookPath(name)
		if err != nil || !filepath.IsAbs(path) {
			continue
		}
		if real := filepath.Join(packaged, "bin", semconv.GrafanaBinary); isScript(path) && executable(real) == nil {
			path = real
		}
		g, err := askGrafana(ctx, path, c.GrafanaHome)
		if err == nil {
			return g, nil
		}
		reasons = append(reasons, err)
	}
	return Grafana{}, errors.Join(reasons...)
}

func isScript(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close() //nolint:errcheck // only read
	var start [2]byte
	n, err := f.Read(start[:])
	return err == nil && n == 2 && string(start[:]) == "#!"
}

func askGrafana(ctx context.Context, path, home string) (g Grafana, err error) {
	if err := executable(path); err != nil {
		return Grafana{}, fmt.Errorf("grafana_bin: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, versionTimeout)
	defer cancel()
	flag := "--version"
	if isServer(path) {
		flag = "-v"
	}
	cmd := exec.CommandContext(ctx, path, flag)
	cmd.Env = baseEnvironment(os.LookupEnv)
	cmd.WaitDelay = time.Second
	var out capped
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return Grafana{}, fmt.Errorf("%s is passed over: `%s %s` failed: %w", path, filepath.Base(path), flag, err)
	}
	m := grafanaVersion.FindStringSubmatch(string(out))
	if m == nil {
		return Grafana{}, fmt.Errorf("%s is passed over: it does not say that it is Grafana", path)
	}
	major, _ := strconv.Atoi(m[2]) // digits
	minor, _ := strconv.Atoi(m[3])
	if major < minGrafanaMajor || major == minGrafanaMajor && minor < minGrafanaMinor {
		return Grafana{}, fmt.Errorf("%s is passed over: it is Grafana %s, needed is %d.%d or newer", path, m[1], minGrafanaMajor, minGrafanaMinor)
	}
	if home, err = grafanaHome(path, home); err != nil {
		return Grafana{}, err
	}
	return Grafana{Path: path, Home: home, Version: m[1]}, nil
}

// isServer reports whether a program is the one of old that knows no `server`
// command.
func isServer(path string) bool {
	return filepath.Base(path) == semconv.GrafanaBinary+"-server"
}

// grafanaHome finds Grafana's own files: those that are configured, else near its
// program, as archives, packages and Homebrew have them.
func grafanaHome(path, configured string) (string, error) {
	if configured != "" {
		if !exists(filepath.Join(configured, "conf", "defaults.ini")) {
			return "", fmt.Errorf("grafana_home: %s holds no conf/defaults.ini", configured)
		}
		return configured, nil
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	up := filepath.Dir(filepath.Dir(path))
	for _, dir := range []string{up, filepath.Join(up, "share", "grafana"), packaged} {
		if exists(filepath.Join(dir, "conf", "defaults.ini")) {
			return dir, nil
		}
	}
	return "", fmt.Errorf("%s is passed over: its conf/defaults.ini was not found: name the directory that holds it with --grafana-home", path)
}
