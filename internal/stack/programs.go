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
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// ErrNoLoki says that no Grafana Loki was found on this machine.
var ErrNoLoki = errors.New("no Grafana Loki was found: build one with `make bin/loki` (some minutes, once), or name one with --loki-url or --loki-bin")

// versionTimeout bounds the run of `loki -version`.
const versionTimeout = 10 * time.Second

var lokiVersion = regexp.MustCompile(`^loki, version (v?(\d+)\.[0-9A-Za-z.+-]*)`)

// minLokiMajor is the oldest Loki that understands our configuration.
const minLokiMajor = 3

// Loki is a program that says that it is Grafana Loki.
type Loki struct {
	Path    string `json:"path"`
	Version string `json:"version"`
}

// FindLoki returns the Loki to run: the one that is configured, else `loki` on
// the PATH, else the one beside this program. A program of that name that is
// not Grafana Loki 3 or newer is passed over. ErrNoLoki when there is none.
func FindLoki(ctx context.Context, c *Config) (Loki, error) {
	if c.LokiBin != "" {
		return askVersion(ctx, c.LokiBin)
	}
	var reasons []error
	if path, err := exec.LookPath(semconv.LokiBinary); err == nil && filepath.IsAbs(path) {
		l, err := askVersion(ctx, path)
		if err == nil {
			return l, nil
		}
		reasons = append(reasons, err)
	}
	if path, ok := beside(semconv.LokiBinary); ok {
		l, err := askVersion(ctx, path)
		if err == nil {
			return l, nil
		}
		reasons = append(reasons, err)
	}
	return Loki{}, errors.Join(append([]error{ErrNoLoki}, reasons...)...)
}

func askVersion(ctx context.Context, path string) (Loki, error) {
	ctx, cancel := context.WithTimeout(ctx, versionTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "-version")
	cmd.Env = baseEnvironment(os.LookupEnv)
	cmd.WaitDelay = time.Second
	var out capped
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return Loki{}, fmt.Errorf("%s is passed over: `loki -version` failed: %w", path, err)
	}
	m := lokiVersion.FindStringSubmatch(string(out))
	if m == nil {
		return Loki{}, fmt.Errorf("%s is passed over: it is not Grafana Loki", path)
	}
	if major, err := strconv.Atoi(m[2]); err != nil || major < minLokiMajor {
		return Loki{}, fmt.Errorf("%s is passed over: it is Loki %s, needed is %d or newer", path, m[1], minLokiMajor)
	}
	return Loki{Path: path, Version: strings.TrimPrefix(m[1], "v")}, nil
}

// capped keeps the first bytes that are written to it.
type capped []byte

func (c *capped) Write(p []byte) (int, error) {
	*c = append(*c, p[:min(len(p), 4096-len(*c))]...)
	return len(p), nil
}

// FindCollector returns the path of the collector's program.
func FindCollector(c *Config) (string, error) {
	if c.CollectorBin != "" {
		if err := executable(c.CollectorBin); err != nil {
			return "", fmt.Errorf("collector_bin: %w", err)
		}
		return c.CollectorBin, nil
	}
	if path, ok := beside(semconv.CollectorBinary); ok {
		return path, nil
	}
	if path, err := exec.LookPath(semconv.CollectorBinary); err == nil && filepath.IsAbs(path) {
		return path, nil
	}
	return "", fmt.Errorf("the collector %s was not found beside this program or on the PATH: build it with `make build`, or name it with --collector-bin", semconv.CollectorBinary)
}

// FindHook returns the path of the hook's program beside this one.
func FindHook() (string, bool) { return beside(semconv.HookBinary) }

// beside finds a program in the directory of this one.
func beside(name string) (string, bool) {
	self, err := os.Executable()
	if err != nil {
		return "", false
	}
	if real, err := filepath.EvalSymlinks(self); err == nil {
		self = real
	}
	path := filepath.Join(filepath.Dir(self), name)
	return path, executable(path) == nil
}

func executable(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o111 == 0 {
		return fmt.Errorf("%s is not an executable file", path)
	}
	return nil
}

// harmless are the variables of the caller that every child gets.
var harmless = []string{"PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TZ", "LANG", "LC_ALL", "SSL_CERT_FILE", "SSL_CERT_DIR", "GOCOVERDIR", "GORACE"}

func baseEnvironment(getenv func(string) (string, bool)) []string {
	var env []string
	for _, name := range harmless {
		if v, ok := getenv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}
