package stack

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// setting is one row of the table from which flags, environment, config.yaml
// and messages are made. Exactly one of port, text, list and yes is set.
type setting struct {
	key     string // in config.yaml; the flag has hyphens
	env     string
	use     string // for people
	part    part   // of the stack that a port belongs to
	path    bool   // text is a path
	initial int    // default port
	port    func(*Config) *int
	text    func(*Config) *string
	list    func(*Config) *[]string
	yes     func(*Config) *bool
}

// part of a stack.
type part int

const (
	partCollector part = iota
	partLoki
	partGrafana
)

// runs reports whether a part is one that we run.
func (c *Config) runs(p part) bool {
	switch p {
	case partLoki:
		return !c.External()
	case partGrafana:
		return c.Grafana
	}
	return true
}

var settings = []setting{
	{key: "hook_port", env: semconv.EnvHookPort, use: "hook events over HTTP", initial: semconv.DefaultHookPort, port: func(c *Config) *int { return &c.HookPort }},
	{key: "otlp_grpc_port", env: semconv.EnvOTLPGRPCPort, use: "OTLP over gRPC", initial: semconv.DefaultOTLPGRPCPort, port: func(c *Config) *int { return &c.OTLPGRPCPort }},
	{key: "otlp_http_port", env: semconv.EnvOTLPHTTPPort, use: "OTLP over HTTP", initial: semconv.DefaultOTLPHTTPPort, port: func(c *Config) *int { return &c.OTLPHTTPPort }},
	{key: "health_port", env: semconv.EnvHealthPort, use: "the collector's health check", initial: semconv.DefaultHealthPort, port: func(c *Config) *int { return &c.HealthPort }},
	{key: "metrics_port", env: semconv.EnvMetricsPort, use: "the collector's own metrics", initial: semconv.DefaultMetricsPort, port: func(c *Config) *int { return &c.MetricsPort }},
	{key: "loki_port", env: semconv.EnvLokiPort, use: "Loki over HTTP", part: partLoki, initial: semconv.DefaultLokiPort, port: func(c *Config) *int { return &c.LokiPort }},
	{key: "loki_grpc_port", env: semconv.EnvLokiGRPCPort, use: "Loki over gRPC", part: partLoki, initial: semconv.DefaultLokiGRPCPort, port: func(c *Config) *int { return &c.LokiGRPCPort }},
	{key: "loki_url", env: semconv.EnvLokiURL, use: "use the Loki at `URL` and start none", text: func(c *Config) *string { return &c.LokiURL }},
	{key: "loki_dir", env: semconv.EnvLokiDir, use: "`DIR` for Loki's data (default loki/ in the state directory)", path: true, text: func(c *Config) *string { return &c.LokiDir }},
	{key: "loki_bin", env: semconv.EnvLokiBin, use: "run this Loki `FILE` (default: loki on the PATH, then beside this program)", path: true, text: func(c *Config) *string { return &c.LokiBin }},
	{key: "loki_config", env: semconv.EnvLokiConfig, use: "Loki's configuration `FILE`", path: true, text: func(c *Config) *string { return &c.LokiConfig }},
	{key: "grafana", env: semconv.EnvGrafana, use: "start Grafana, too, with the dashboards", yes: func(c *Config) *bool { return &c.Grafana }},
	{key: "grafana_port", env: semconv.EnvGrafanaPort, use: "Grafana", part: partGrafana, initial: semconv.DefaultGrafanaPort, port: func(c *Config) *int { return &c.GrafanaPort }},
	{key: "grafana_bin", env: semconv.EnvGrafanaBin, use: "run this Grafana `FILE` (default: grafana or grafana-server on the PATH)", path: true, text: func(c *Config) *string { return &c.GrafanaBin }},
	{key: "grafana_home", env: semconv.EnvGrafanaHome, use: "`DIR` with Grafana's own conf and public directories (default: found from its program)", path: true, text: func(c *Config) *string { return &c.GrafanaHome }},
	{key: "collector_bin", env: semconv.EnvCollectorBin, use: "run this collector `FILE` (default: otelcol-claude beside this program, then on the PATH)", path: true, text: func(c *Config) *string { return &c.CollectorBin }},
	{key: "collector_config", env: semconv.EnvCollectorConfig, use: "the collector's configuration `FILE`", path: true, text: func(c *Config) *string { return &c.CollectorConfig }},
	{key: "pass_env", env: semconv.EnvPassEnv, use: "`NAMES` of environment variables that the collector's configuration needs", list: func(c *Config) *[]string { return &c.PassEnv }},
}

func (s setting) flag() string { return strings.ReplaceAll(s.key, "_", "-") }

// get returns the value as text.
func (s setting) get(c *Config) string {
	switch {
	case s.port != nil:
		return strconv.Itoa(*s.port(c))
	case s.text != nil:
		return *s.text(c)
	case s.yes != nil:
		return strconv.FormatBool(*s.yes(c))
	default:
		return strings.Join(*s.list(c), ",")
	}
}

// set takes value from source. A relative path counts from base, or from the
// working directory when base is "".
func (s setting) set(c *Config, value string, source Source, base string) error {
	value = strings.TrimSpace(value)
	switch {
	case s.port != nil:
		n, err := strconv.Atoi(value)
		if err != nil {
			return fmt.Errorf("%s (%s): %q is not a port number", s.key, source, value)
		}
		*s.port(c) = n
	case s.text != nil:
		if s.path && value != "" && !filepath.IsAbs(value) {
			if base != "" {
				value = filepath.Join(base, value)
			} else if abs, err := filepath.Abs(value); err == nil {
				value = abs
			}
		}
		if !s.path {
			value = strings.TrimRight(value, "/")
		}
		*s.text(c) = value
	case s.yes != nil:
		yes, err := strconv.ParseBool(value)
		if err != nil {
			return fmt.Errorf("%s (%s): %q is neither true nor false", s.key, source, value)
		}
		*s.yes(c) = yes
	default:
		*s.list(c) = nil
		for name := range strings.SplitSeq(value, ",") {
			if name = strings.TrimSpace(name); name != "" {
				*s.list(c) = append(*s.list(c), name)
			}
		}
	}
	c.Sources[s.key] = source
	return nil
}
