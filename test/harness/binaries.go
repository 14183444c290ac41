package harness

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Binaries are the programs under test, by absolute path.
type Binaries struct {
	Hook, CLI, Collector, Loki string
	// Root is the repository.
	Root string
}

// EnvBinaries names a directory with programs to use instead of those in bin/,
// where it has them: a release, for instance.
const EnvBinaries = "AGENT_TELEMETRY_TEST_BIN"

// FindBinaries looks for bin/ in the repository around the working directory.
// The error says which programs are missing and how to build them.
func FindBinaries() (Binaries, error) {
	root, err := repository()
	if err != nil {
		return Binaries{}, err
	}
	b := Binaries{Root: root}
	var missing []error
	for name, path := range map[string]*string{
		"claude-hook": &b.Hook, "agent-telemetry": &b.CLI, "otelcol-claude": &b.Collector, "loki": &b.Loki,
	} {
		*path = filepath.Join(root, "bin", name)
		if other := filepath.Join(os.Getenv(EnvBinaries), name); filepath.IsAbs(other) {
			if _, err := os.Stat(other); err == nil {
				*path = other
			}
		}
		if info, err := os.Stat(*path); err != nil || info.Mode()&0o111 == 0 {
			missing = append(missing, fmt.Errorf("%s is missing: run `make build`", *path))
		}
	}
	return b, errors.Join(missing...)
}

func repository() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find repository: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "builder-config.yaml")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("find repository: no builder-config.yaml above the working directory")
		}
		dir = parent
	}
}
