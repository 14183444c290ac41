// Package config_test holds the configurations that are shipped, and those
// shown as examples, to the collector that is built.
package config_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/version"
)

var root = filepath.Join("..", "..")

// collector returns the program; without it, in a mere `go test`, the test is
// skipped. `make test` builds it.
func collector(t *testing.T) string {
	t.Helper()
	path := filepath.Join(root, "bin", semconv.CollectorBinary)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is missing: run `make bin/otelcol-claude`", path)
		}
		t.Skipf("%s is missing: run `make bin/otelcol-claude`", path)
	}
	return path
}

// validate runs `otelcol-claude validate` as it would be run by hand.
func validate(t *testing.T, path string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), collector(t), "validate", "--config", path)
	cmd.Env = []string{semconv.EnvHome + "=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// configurations are the YAML files of the repository that have pipelines.
func configurations(t *testing.T) []string {
	t.Helper()
	var found []string
	require.NoError(t, filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains([]string{".git", ".tools", "bin", "build"}, d.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		if ext := filepath.Ext(path); ext != ".yaml" && ext != ".yml" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if pipelines.Match(text) {
			found = append(found, path)
		}
		return nil
	}))
	return found
}

// What a configuration that can run has.
var (
	pipelines = regexp.MustCompile(`(?m)^  pipelines:`)
	receivers = regexp.MustCompile(`(?m)^receivers:`)
)

func TestConfigurationsValidate(t *testing.T) {
	found := configurations(t)
	require.Contains(t, found, filepath.Join(root, "otelcol-config.yaml"))
	for _, path := range found {
		t.Run(filepath.Base(path), func(t *testing.T) {
			out, err := validate(t, path)
			require.NoError(t, err, out)
		})
	}
}

// Examples in the pages of the documentation: whole configurations validate, too.
func TestDocumentedConfigurationsValidate(t *testing.T) {
	var pages []string
	for _, pattern := range []string{"README.md", "docs/*.md", "*/*/README.md"} {
		list, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		pages = append(pages, list...)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for i, block := range yamlBlocks(string(text)) {
			if !pipelines.MatchString(block) || !receivers.MatchString(block) {
				continue
			}
			t.Run(fmt.Sprintf("%s#%d", page, i), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "config.yaml")
				require.NoError(t, os.WriteFile(path, []byte(block), 0o600))
				out, err := validate(t, path)
				require.NoError(t, err, out)
			})
		}
	}
}

func yamlBlocks(page string) []string {
	var blocks []string
	var block *strings.Builder
	lines := bufio.NewScanner(strings.NewReader(page))
	for lines.Scan() {
		switch line := lines.Text(); {
		case block == nil && line == "```yaml":
			block = &strings.Builder{}
		case block != nil && line == "```":
			blocks = append(blocks, block.String())
			block = nil
		case block != nil:
			block.WriteString(line + "\n")
		}
	}
	return blocks
}

// The default configuration keeps the guarantees that only it can give.
func TestDefaultConfiguration(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "otelcol-config.yaml"))
	require.NoError(t, err)
	var config struct {
		Extensions map[string]map[string]any
		Receivers  map[string]map[string]any
		Processors map[string]any
		Exporters  map[string]map[string]any
		Service    struct {
			Pipelines map[string]struct{ Receivers, Processors, Exporters []string }
			Telemetry struct{ Metrics map[string]any }
		}
	}
	require.NoError(t, yaml.Unmarshal(text, &config))

	require.NotContains(t, config.Processors, "batch", "it acknowledges what is in memory only")
	for _, name := range []string{"loki", "loki/rollup", "loki/coordination"} {
		require.Equal(t, false, config.Exporters[name]["sending_queue"].(map[string]any)["enabled"], "the audit log is the queue")
		require.Equal(t, 0, config.Exporters[name]["retry_on_failure"].(map[string]any)["max_elapsed_time"])
		require.Equal(t, config.Exporters["loki"]["endpoint"], config.Exporters[name]["endpoint"])
	}
	for _, name := range []string{"audit_log/loki", "audit_log/rollup"} {
		require.Equal(t, config.Exporters["audit_log"]["directory"], config.Receivers[name]["directory"])
	}
	// Whatever comes in is on disk before it is acknowledged, and Loki gets it from there.
	for name, p := range config.Service.Pipelines {
		switch name {
		case "logs/loki":
			require.Equal(t, []string{"audit_log/loki"}, p.Receivers)
			require.Equal(t, []string{"loki"}, p.Exporters)
		case "logs/alerts":
			require.Equal(t, []string{"audit_log/alerts"}, p.Receivers)
			require.Equal(t, []string{"notify/file"}, p.Exporters)
		case "logs/rollup":
			require.Equal(t, []string{"audit_log/rollup"}, p.Receivers)
			require.Equal(t, []string{"rollup"}, p.Processors)
			require.Equal(t, []string{"loki/rollup"}, p.Exporters)
		case "logs/coordination":
			require.Equal(t, []string{"audit_log/rollup"}, p.Receivers)
			require.Equal(t, []string{"coordination"}, p.Processors)
			require.Equal(t, []string{"loki/coordination"}, p.Exporters)
		case "logs/health":
			require.Equal(t, []string{"pipeline_health"}, p.Receivers)
			require.Equal(t, []string{"loki/rollup"}, p.Exporters)
		case "logs/in":
			require.Equal(t, []string{"claude_hook", "otlp", "signal_logs"}, p.Receivers)
			require.Equal(t, []string{"audit_log"}, p.Exporters)
		default:
			require.Equal(t, []string{"signal_logs"}, p.Exporters, name)
		}
	}
	require.Len(t, config.Service.Pipelines, 8)

	// Every address is on loopback, or in a file the operator names.
	for _, line := range regexp.MustCompile(`(?m)^\s*(?:endpoint|host|address|listen):.*$`).FindAllString(string(text), -1) {
		require.Contains(t, line, "127.0.0.1", line)
	}
	// Every port moves, and its default is the one the programs know.
	for env, port := range map[string]int{
		semconv.EnvHookPort: semconv.DefaultHookPort, semconv.EnvOTLPGRPCPort: semconv.DefaultOTLPGRPCPort,
		semconv.EnvOTLPHTTPPort: semconv.DefaultOTLPHTTPPort, semconv.EnvHealthPort: semconv.DefaultHealthPort,
		semconv.EnvMetricsPort: semconv.DefaultMetricsPort,
	} {
		require.Contains(t, string(text), fmt.Sprintf("${env:%s:-%d}", env, port))
	}
	require.Contains(t, string(text), fmt.Sprintf("${env:%s:-http://127.0.0.1:%d}", semconv.EnvLokiURL, semconv.DefaultLokiPort))
}

// The manifest names every component of ours, and the product's version.
func TestManifest(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "builder-config.yaml"))
	require.NoError(t, err)
	var manifest struct {
		Dist struct{ Version, Name string }
	}
	require.NoError(t, yaml.Unmarshal(text, &manifest))
	require.Equal(t, version.Version, manifest.Dist.Version)
	require.Equal(t, semconv.CollectorBinary, manifest.Dist.Name)

	metadata, err := filepath.Glob(filepath.Join(root, "*", "*", "metadata.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, metadata)
	for _, path := range metadata {
		dir, err := filepath.Rel(root, filepath.Dir(path))
		require.NoError(t, err)
		require.Contains(t, string(text), "import: github.com/agent-telemetry/agent-telemetry/"+filepath.ToSlash(dir)+"\n",
			"builder-config.yaml lacks a component")
	}
}
