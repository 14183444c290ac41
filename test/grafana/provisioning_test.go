// Package grafana_test checks what Grafana is provisioned with, as far as that can be
// done without a Grafana: the files are what its file provisioning reads, they fit
// together, and the queries of the alert rules find what they are for in a real Loki.
package grafana_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	agenttelemetry "github.com/agent-telemetry/agent-telemetry"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

const provisioning = "../../config/grafana/provisioning"

// decode reads a file and refuses what its type does not know.
func decode(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(provisioning, name))
	require.NoError(t, err)
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	require.NoError(t, dec.Decode(into), name)
}

type datasourceFile struct {
	APIVersion  int `yaml:"apiVersion"`
	Datasources []struct {
		Name, UID, Type, Access, URL string
		Editable                     bool
		JSONData                     struct {
			MaxLines int `yaml:"maxLines"`
			Timeout  int
		} `yaml:"jsonData"`
	}
}

func TestDatasourceIsTheOneThatEverythingNames(t *testing.T) {
	var f datasourceFile
	decode(t, "datasources/agent-telemetry.yaml", &f)
	require.Equal(t, 1, f.APIVersion)
	require.Len(t, f.Datasources, 1)
	d := f.Datasources[0]
	require.Equal(t, "loki", d.Type)
	require.Equal(t, "$"+semconv.EnvLokiURL, d.URL)
	for _, board := range dashboards(t) {
		require.Contains(t, string(board), `"`+d.UID+`"`)
	}
	for _, r := range rules(t) {
		require.Equal(t, d.UID, r.Data[0].DatasourceUID)
	}
}

// dashboards are the texts of all of them.
func dashboards(t *testing.T) [][]byte {
	t.Helper()
	files, err := filepath.Glob("../../dashboards/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var all [][]byte
	for _, f := range files {
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		require.True(t, json.Valid(text))
		all = append(all, text)
	}
	return all
}

func TestDashboardsAreProvidedFromFiles(t *testing.T) {
	var f struct {
		APIVersion int `yaml:"apiVersion"`
		Providers  []struct {
			Name, Folder, Type    string
			OrgID                 int    `yaml:"orgId"`
			FolderUID             string `yaml:"folderUid"`
			DisableDeletion       bool   `yaml:"disableDeletion"`
			AllowUIUpdates        bool   `yaml:"allowUiUpdates"`
			UpdateIntervalSeconds int    `yaml:"updateIntervalSeconds"`
			Options               struct{ Path string }
		}
	}
	decode(t, "dashboards/agent-telemetry.yaml", &f)
	require.Len(t, f.Providers, 1)
	require.Equal(t, "$"+semconv.EnvGrafanaDashboards, f.Providers[0].Options.Path)
}

// The program holds the same files.
func TestFilesAreEmbedded(t *testing.T) {
	for _, pattern := range []string{"config/grafana/provisioning/*/*.yaml", "dashboards/*.json"} {
		files, err := filepath.Glob(filepath.Join("../..", pattern))
		require.NoError(t, err)
		require.NotEmpty(t, files, pattern)
		for _, f := range files {
			want, err := os.ReadFile(f)
			require.NoError(t, err)
			got, err := agenttelemetry.Files.ReadFile(filepath.ToSlash(strings.TrimPrefix(f, "../../")))
			require.NoError(t, err)
			require.Equal(t, string(want), string(got), f)
		}
	}
}

func TestContactPointAndPolicyFit(t *testing.T) {
	var points struct {
		APIVersion    int `yaml:"apiVersion"`
		ContactPoints []struct {
			OrgID     int `yaml:"orgId"`
			Name      string
			Receivers []struct {
				UID, Type string
				Settings  map[string]string
			}
		} `yaml:"contactPoints"`
	}
	decode(t, "alerting/contact-point.yaml", &points)
	require.Len(t, points.ContactPoints, 1)
	point := points.ContactPoints[0]
	require.Equal(t, "$"+semconv.EnvGrafanaWebhook, point.Receivers[0].Settings["url"])

	type route struct {
		Receiver       string
		GroupBy        []string    `yaml:"group_by"`
		GroupWait      string      `yaml:"group_wait"`
		GroupInterval  string      `yaml:"group_interval"`
		RepeatInterval string      `yaml:"repeat_interval"`
		ObjectMatchers [][3]string `yaml:"object_matchers"`
	}
	var policies struct {
		APIVersion int `yaml:"apiVersion"`
		Policies   []struct {
			OrgID  int `yaml:"orgId"`
			route  `yaml:",inline"`
			Routes []route
		}
	}
	text, err := os.ReadFile(filepath.Join(provisioning, "alerting/policy.yaml"))
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(text, &policies))
	severities := map[string]bool{}
	for _, r := range rules(t) {
		severities[r.Labels["severity"]] = true
	}
	for _, p := range policies.Policies {
		require.Equal(t, point.Name, p.Receiver)
		for _, r := range p.Routes {
			require.Equal(t, point.Name, r.Receiver)
			for _, m := range r.ObjectMatchers {
				require.Equal(t, "severity", m[0])
				require.True(t, severities[m[2]], "no rule has the severity %s", m[2])
			}
		}
	}
}
