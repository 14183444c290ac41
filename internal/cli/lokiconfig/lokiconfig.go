// Package lokiconfig knows how the stack's collector writes to Loki: the
// configuration of its loki exporter, which decides about labels and lines.
package lokiconfig

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/agent-telemetry/agent-telemetry/exporter/lokiexporter"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// Target is a Loki and what the collector sends there.
type Target struct {
	// Config is the exporter's, without a queue: a record is in Loki when
	// ConsumeLogs returns.
	Config *lokiexporter.Config
	// Name of the exporter in the collector's configuration.
	Name string
	// Client asks the same Loki, past its caches.
	Client *lokiquery.Client
}

// Options choose a target.
type Options struct {
	Exporter string // its name; "" for the only one, or the one called loki
	URL      string // of another Loki; "" for the configured one
}

// Load reads the configuration with which the stack's collector runs, or would.
func Load(ctx context.Context, config *stack.Config, o Options) (*Target, error) {
	conf, path, err := read(ctx, config)
	if err != nil {
		return nil, err
	}
	name, err := choose(conf, o.Exporter)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return loadTarget(conf, path, name, o.URL)
}

// read reads the collector's configuration, and says where it is.
func read(ctx context.Context, config *stack.Config) (conf *confmap.Conf, path string, err error) {
	// A configuration that is in no file of its own is written there.
	if err := statedir.Ensure(config.Home.Run()); err != nil {
		return nil, "", err
	}
	if path, err = stack.CollectorConfigPath(config); err != nil {
		return nil, "", err
	}
	if conf, err = resolve(ctx, path, environment(config)); err != nil {
		return nil, "", fmt.Errorf("read the collector's configuration %s: %w", path, err)
	}
	return conf, path, nil
}

// loadTarget reads the configuration of an exporter.
func loadTarget(conf *confmap.Conf, path, name, address string) (*Target, error) {
	cfg := lokiexporter.NewFactory().CreateDefaultConfig().(*lokiexporter.Config)
	if section, _ := conf.Get("exporters").(map[string]any)[name].(map[string]any); section != nil {
		if err := confmap.NewFromStringMap(section).Unmarshal(cfg); err != nil {
			return nil, fmt.Errorf("%s: exporters.%s: %w", path, name, err)
		}
	}
	return target(cfg, name, address)
}

func target(cfg *lokiexporter.Config, name, address string) (*Target, error) {
	cfg.ClientConfig.Endpoint = cmp.Or(address, cfg.ClientConfig.Endpoint)
	cfg.QueueConfig = configoptional.None[exporterhelper.QueueBatchConfig]()
	token := os.Getenv(lokiquery.EnvToken)
	if cfg.ClientConfig.Auth.HasValue() {
		// An authenticator is an extension of the collector, which does not run here.
		if token == "" {
			return nil, fmt.Errorf("exporters.%s.auth: cannot be used outside the collector: set %s to the token", name, lokiquery.EnvToken)
		}
		cfg.ClientConfig.Auth = confighttp.ClientConfig{}.Auth
	}
	if token != "" && !cfg.BasicAuth.HasValue() {
		cfg.ClientConfig.Headers.Set("Authorization", configopaque.String("Bearer "+token))
	}
	cfg.TenantID = cmp.Or(os.Getenv(lokiquery.EnvTenant), cfg.TenantID)
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("exporters.%s: %w", name, err)
	}
	client, err := lokiquery.FromEnv(strings.TrimSuffix(strings.TrimRight(cfg.ClientConfig.Endpoint, "/"), "/loki/api/v1/push"))
	if err != nil {
		return nil, err
	}
	user, password := "", ""
	if basic := cfg.BasicAuth.Get(); basic != nil {
		user, password = basic.Username, string(basic.Password)
	}
	return &Target{Config: cfg, Name: name, Client: client.As(cfg.TenantID, user, password).Fresh()}, nil
}

const exporterType = "loki"

// choose finds the exporter that is meant.
func choose(conf *confmap.Conf, want string) (string, error) {
	all, _ := conf.Get("exporters").(map[string]any)
	var names []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if kind, _, _ := strings.Cut(name, "/"); kind == exporterType && (name == want || !ofOthers(conf, name)) {
			names = append(names, name)
		}
	}
	switch {
	case want != "" && slices.Contains(names, want):
		return want, nil
	case want != "":
		return "", fmt.Errorf("there is no loki exporter %q: there are %s", want, strings.Join(names, ", "))
	case slices.Contains(names, exporterType):
		return exporterType, nil
	case len(names) == 1:
		return names[0], nil
	case len(names) == 0:
		return "", errors.New("it has no loki exporter, so nothing says how records become lines: name another configuration with $AGENT_TELEMETRY_COLLECTOR_CONFIG")
	}
	return "", fmt.Errorf("it has several loki exporters: name one with --exporter: %s", strings.Join(names, ", "))
}

// environment is what the collector finds in its environment.
func environment(config *stack.Config) map[string]string {
	env := map[string]string{}
	for _, kv := range append(os.Environ(), config.Environment()...) {
		if name, value, ok := strings.Cut(kv, "="); ok {
			env[name] = value
		}
	}
	return env
}
