package deploy_test

import (
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
)

var compose = filepath.Join("..", "..", "deploy", "compose.yaml")

// service is what the tests look at of one.
type service struct {
	Image, User string
	Build       struct{ Context, Dockerfile string }
	NetworkMode string   `yaml:"network_mode"`
	ReadOnly    bool     `yaml:"read_only"`
	CapDrop     []string `yaml:"cap_drop"`
	SecurityOpt []string `yaml:"security_opt"`
	Privileged  bool
	Ports       []string
	Command     []string
	Environment map[string]string
	Volumes     []yaml.Node
}

func services(t *testing.T) map[string]service {
	t.Helper()
	var f struct {
		Services map[string]service
		Volumes  map[string]any
	}
	require.NoError(t, yaml.Unmarshal([]byte(read(t, compose)), &f))
	require.Len(t, f.Services, 3)
	return f.Services
}

func TestContainersCanLittle(t *testing.T) {
	pinned := regexp.MustCompile(`:\d+\.\d+\.\d+$`)
	for name, s := range services(t) {
		require.True(t, s.ReadOnly, name)
		require.Equal(t, []string{"ALL"}, s.CapDrop, name)
		require.Contains(t, s.SecurityOpt, "no-new-privileges:true", name)
		require.False(t, s.Privileged, name)
		require.NotEmpty(t, s.User, name)
		require.False(t, strings.HasPrefix(s.User, "0") || strings.HasPrefix(s.User, "root"), name)
		if s.Build.Context == "" {
			require.Regexp(t, pinned, s.Image, name)
		}
		for _, p := range s.Ports {
			require.True(t, strings.HasPrefix(p, "127.0.0.1:"), "%s: %s", name, p)
		}
		if s.NetworkMode != "" {
			require.Equal(t, "collector", name, "only what hooks have to reach")
		}
	}
}

// What is mounted from here is there, and cannot be changed from inside.
func TestMounts(t *testing.T) {
	for name, s := range services(t) {
		for _, node := range s.Volumes {
			var source string
			var readOnly bool
			if node.Kind == yaml.ScalarNode {
				parts := strings.Split(node.Value, ":")
				source, readOnly = parts[0], slices.Contains(parts[2:], "ro")
			} else {
				var long struct {
					Source   string
					ReadOnly bool `yaml:"read_only"`
				}
				require.NoError(t, node.Decode(&long))
				source, readOnly = long.Source, long.ReadOnly
			}
			if !strings.HasPrefix(source, "../") {
				continue // a volume, or the state directory
			}
			require.True(t, readOnly, "%s: %s", name, source)
			_, err := os.Stat(filepath.Join(filepath.Dir(compose), source))
			require.NoError(t, err, name)
		}
	}
}

// Grafana reads what it is provisioned with from variables: all of them are set.
func TestGrafanaHasWhatItsFilesRead(t *testing.T) {
	grafana := services(t)["grafana"]
	files, err := filepath.Glob("../../config/grafana/provisioning/*/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, f := range files {
		for _, name := range regexp.MustCompile(`\$([A-Z][A-Z0-9_]+)`).FindAllStringSubmatch(read(t, f), -1) {
			require.NotEmpty(t, grafana.Environment[name[1]], "%s reads %s", f, name[1])
		}
	}
	require.Equal(t, "Viewer", grafana.Environment["GF_AUTH_ANONYMOUS_ORG_ROLE"])
	require.Contains(t, grafana.Environment["GF_SECURITY_ADMIN_PASSWORD"], ":?", "there is no default password")
}

// The collector's configuration asks for variables: those without a default are set.
func TestCollectorHasWhatItsFileReads(t *testing.T) {
	collector := services(t)["collector"]
	for _, m := range regexp.MustCompile(`\$\{env:([A-Z0-9_]+)\}`).FindAllStringSubmatch(read(t, "../../otelcol-config.yaml"), -1) {
		require.NotEmpty(t, collector.Environment[m[1]], m[1])
	}
	text := read(t, filepath.Join("..", "..", collector.Build.Dockerfile))
	require.Contains(t, text, "USER 65532")
	require.Contains(t, text, "make bin/otelcol-claude")
}

// docker compose itself reads the file, where it is installed.
func TestComposeUnderstandsTheFile(t *testing.T) {
	docker := program(t, "docker")
	if err := exec.CommandContext(t.Context(), docker, "compose", "version").Run(); err != nil {
		t.Skip("docker has no compose here")
	}
	cmd := exec.CommandContext(t.Context(), docker, "compose", "-f", compose, "config", "--quiet")
	cmd.Env = append(os.Environ(), "AGENT_TELEMETRY_HOME="+t.TempDir(), "AGENT_TELEMETRY_GRAFANA_PASSWORD=x",
		fmt.Sprintf("AGENT_TELEMETRY_UID=%d", os.Getuid()), fmt.Sprintf("AGENT_TELEMETRY_GID=%d", os.Getgid()))
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
}
