package stack

import (
	"fmt"
	"os"
	"path/filepath"

	agenttelemetry "github.com/agent-telemetry/agent-telemetry"
)

// The default configuration files, as they stand in the repository.
const (
	collectorConfigFile = "otelcol-config.yaml"
	lokiConfigFile      = "config/loki.yaml"
)

// CollectorConfigPath returns the collector's configuration file: the one that
// is configured, else that of the clone this program was built in, else the
// embedded one, which is written to the run directory for it.
func CollectorConfigPath(c *Config) (string, error) {
	return configPath(c, c.CollectorConfig, collectorConfigFile)
}

// LokiConfigPath does the same for Loki.
func LokiConfigPath(c *Config) (string, error) { return configPath(c, c.LokiConfig, lokiConfigFile) }

func configPath(c *Config, configured, name string) (string, error) {
	if configured != "" {
		if info, err := os.Stat(configured); err != nil || !info.Mode().IsRegular() {
			return "", fmt.Errorf("find configuration: %s is not a readable file", configured)
		}
		return configured, nil
	}
	// bin/ of a clone: the module's own files lie one directory up.
	if mod, ok := beside(filepath.Join("..", "go.mod")); ok || exists(mod) {
		path := filepath.Join(filepath.Dir(mod), filepath.FromSlash(name))
		if exists(path) {
			return path, nil
		}
	}
	text, err := agenttelemetry.Files.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("find configuration: this program was built without %s: name one with a flag", name)
	}
	path := filepath.Join(c.Home.Run(), filepath.Base(name))
	if err := WriteFile(path, text); err != nil {
		return "", err
	}
	return path, nil
}

func exists(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
