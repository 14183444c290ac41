package stack

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// Config is the settings of a stack. Every address is on 127.0.0.1.
type Config struct {
	Home            statedir.Dir `json:"home"`
	HookPort        int          `json:"hook_port"`
	OTLPGRPCPort    int          `json:"otlp_grpc_port"`
	OTLPHTTPPort    int          `json:"otlp_http_port"`
	HealthPort      int          `json:"health_port"`
	MetricsPort     int          `json:"metrics_port"`
	LokiPort        int          `json:"loki_port"`
	LokiGRPCPort    int          `json:"loki_grpc_port"`
	LokiURL         string       `json:"loki_url"`    // of a Loki that is not ours; "" when we run one
	LokiDir         string       `json:"loki_dir"`    // data of our own Loki
	LokiBin         string       `json:"loki_bin"`    // "" to look for it, see FindLoki
	LokiConfig      string       `json:"loki_config"` // "" for the built-in one
	Grafana         bool         `json:"grafana"`     // run Grafana, too
	GrafanaPort     int          `json:"grafana_port"`
	GrafanaBin      string       `json:"grafana_bin"`      // "" to look for it, see FindGrafana
	GrafanaHome     string       `json:"grafana_home"`     // "" to look for it, see FindGrafana
	CollectorBin    string       `json:"collector_bin"`    // "" for otelcol-claude beside this program, else on the PATH
	CollectorConfig string       `json:"collector_config"` // "" for the built-in one
	PassEnv         []string     `json:"pass_env"`         // names of further variables that the collector gets

	// Sources says where each setting comes from, by its key.
	Sources map[string]Source `json:"sources"`
}

// Source is where a setting comes from.
type Source string

// The sources, strongest first.
const (
	SourceFlag    Source = "flag"
	SourceEnv     Source = "environment"
	SourceRunning Source = "running stack"
	SourceFile    Source = "config.yaml"
	SourceDefault Source = "default"
)

// External reports whether Loki is run by somebody else.
func (c *Config) External() bool { return c.LokiURL != "" }

// LokiAddress is the URL under which Loki is reached, ours or not.
func (c *Config) LokiAddress() string {
	if c.External() {
		return c.LokiURL
	}
	return "http://" + local(c.LokiPort)
}

// HookAddress is the URL of the collector's loopback listener for hooks.
func (c *Config) HookAddress() string { return "http://" + local(c.HookPort) }

// HealthAddress is the URL of the collector's health check.
func (c *Config) HealthAddress() string { return "http://" + local(c.HealthPort) + "/" }

// GrafanaAddress is the URL of our Grafana.
func (c *Config) GrafanaAddress() string { return "http://" + local(c.GrafanaPort) }

func local(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// Port is one port of a stack.
type Port struct {
	Number int
	Use    string // what listens there, for people
	Flag   string // moves it
	Env    string // moves it too
}

// CollectorPorts are the ports on which the collector listens.
func (c *Config) CollectorPorts() []Port { return c.ports(partCollector) }

// LokiPorts are the ports on which our Loki listens; none with an external one.
func (c *Config) LokiPorts() []Port { return c.ports(partLoki) }

// GrafanaPorts are the ports on which our Grafana listens; none without one.
func (c *Config) GrafanaPorts() []Port { return c.ports(partGrafana) }

func (c *Config) ports(p part) []Port {
	var list []Port
	if !c.runs(p) {
		return list
	}
	for _, s := range settings {
		if s.port != nil && s.part == p {
			list = append(list, Port{Number: *s.port(c), Use: s.use, Flag: "--" + s.flag(), Env: s.env})
		}
	}
	return list
}

var envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// Validate reports every fault of the settings.
func (c *Config) Validate() error {
	var faults []error
	seen := map[int]string{}
	for _, s := range settings {
		if s.port == nil || !c.runs(s.part) {
			continue
		}
		n := *s.port(c)
		if n < 1 || n > 65535 {
			faults = append(faults, fmt.Errorf("%s: %d is not a port (1 to 65535)", s.key, n))
			continue
		}
		if other, dup := seen[n]; dup {
			faults = append(faults, fmt.Errorf("%s: port %d is already %s", s.key, n, other))
		}
		seen[n] = s.key
	}
	if c.LokiURL != "" {
		u, err := url.Parse(c.LokiURL)
		switch {
		case err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https"):
			faults = append(faults, errors.New("loki_url: must be a URL such as http://loki.example:3100"))
		case u.User != nil:
			faults = append(faults, errors.New("loki_url: must not hold a password, every program could read it; put credentials into the collector's configuration"))
		case u.RawQuery != "" || u.Fragment != "":
			faults = append(faults, errors.New("loki_url: must have no query and no fragment"))
		}
	}
	for _, s := range settings {
		if s.path && *s.text(c) != "" && !filepath.IsAbs(*s.text(c)) {
			faults = append(faults, fmt.Errorf("%s: %q must be an absolute path", s.key, *s.text(c)))
		}
	}
	for _, name := range c.PassEnv {
		if !envName.MatchString(name) {
			faults = append(faults, fmt.Errorf("pass_env: %q is not the name of a variable", name))
		}
	}
	if len(c.Home.Socket()) > maxSocketPath {
		faults = append(faults, fmt.Errorf("home: %s is too long for a unix socket (%d bytes, at most %d): choose a shorter --home", c.Home.Socket(), len(c.Home.Socket()), maxSocketPath))
	}
	return errors.Join(faults...)
}

// maxSocketPath is the smallest limit of the systems we run on (macOS).
const maxSocketPath = 103

// Differs returns the keys of the settings that have other values in o.
func (c *Config) Differs(o *Config) []string {
	var keys []string
	for _, s := range settings {
		if s.get(c) != s.get(o) {
			keys = append(keys, s.key)
		}
	}
	return keys
}

// Environment is what the processes of the stack find in their environment of
// it, sorted by name.
func (c *Config) Environment() []string {
	env := map[string]string{
		statedir.EnvHome: string(c.Home), semconv.EnvLokiURL: c.LokiAddress(), semconv.EnvLokiDir: c.LokiDir,
	}
	for _, s := range settings {
		if s.port != nil {
			env[s.env] = strconv.Itoa(*s.port(c))
		}
	}
	var list []string
	for _, name := range slices.Sorted(maps.Keys(env)) {
		list = append(list, name+"="+env[name])
	}
	return list
}
