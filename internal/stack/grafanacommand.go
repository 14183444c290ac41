package stack

import (
	"context"
	"os"
	"strconv"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/supervise"
)

// grafanaPrefix is that of Grafana's own variables. Those that pass_env names win
// over ours.
const grafanaPrefix = "GF_"

// GrafanaCommand is how our own Grafana is run. It writes the files that Grafana
// reads. The error is ErrNoGrafana when there is no program for it.
func GrafanaCommand(ctx context.Context, c *Config) (*supervise.Command, error) {
	g, err := FindGrafana(ctx, c)
	if err != nil {
		return nil, err
	}
	webhook := os.Getenv(semconv.EnvGrafanaWebhook)
	if err := writeGrafanaFiles(c, webhook != ""); err != nil {
		return nil, err
	}
	password, err := grafanaSecret(GrafanaPasswordFile(c.Home))
	if err != nil {
		return nil, err
	}
	key, err := grafanaSecret(grafanaDir(c, "secret-key"))
	if err != nil {
		return nil, err
	}
	// Settings come by the environment: a file would have to escape paths.
	conf := grafanaDir(c, "grafana.ini")
	if err := WriteFile(conf, []byte("; The settings are in the environment: see docs/grafana.md.\n")); err != nil {
		return nil, err
	}
	var args []string
	if !isServer(g.Path) {
		args = append(args, "server")
	}
	env := append(baseEnvironment(os.LookupEnv), c.Environment()...)
	env = append(env, semconv.EnvGrafanaDashboards+"="+grafanaDir(c, "dashboards"))
	if webhook != "" {
		env = append(env, semconv.EnvGrafanaWebhook+"="+webhook)
	}
	env = append(env, grafanaSettings(c, password, key)...)
	for _, name := range c.PassEnv {
		if v, ok := os.LookupEnv(name); ok && strings.HasPrefix(name, grafanaPrefix) {
			env = append(env, name+"="+v) // the last one counts
		}
	}
	return &supervise.Command{
		Path: g.Path, Args: append(args, "--homepath", g.Home, "--config", conf), Env: env,
		Dir: c.Home.Grafana(), Log: Log(c.Home, supervise.Grafana),
	}, nil
}

// grafanaSettings are the settings of our Grafana, as it takes them from the
// environment.
func grafanaSettings(c *Config, password, key string) []string {
	return []string{
		"GF_PATHS_DATA=" + grafanaDir(c, "data"),
		"GF_PATHS_LOGS=" + grafanaDir(c, "logs"),
		"GF_PATHS_PLUGINS=" + grafanaDir(c, "plugins"),
		"GF_PATHS_PROVISIONING=" + grafanaDir(c, "provisioning"),
		"GF_LOG_MODE=console", // supervise keeps that file small
		"GF_LOG_LEVEL=warn",
		"GF_SERVER_PROTOCOL=http",
		"GF_SERVER_HTTP_ADDR=127.0.0.1",
		"GF_SERVER_HTTP_PORT=" + strconv.Itoa(c.GrafanaPort),
		"GF_SERVER_DOMAIN=127.0.0.1",
		"GF_SERVER_ROOT_URL=" + c.GrafanaAddress() + "/",
		// A page in a browser that gives its own name this address is sent away.
		"GF_SERVER_ENFORCE_DOMAIN=true",
		// Whoever reaches this port reaches Loki's beside it, which asks for no
		// password: one here would protect nothing. A viewer changes nothing.
		"GF_AUTH_ANONYMOUS_ENABLED=true",
		"GF_AUTH_ANONYMOUS_ORG_ROLE=Viewer",
		"GF_SECURITY_ADMIN_USER=admin",
		"GF_SECURITY_ADMIN_PASSWORD=" + password,
		"GF_SECURITY_SECRET_KEY=" + key,
		"GF_SECURITY_DISABLE_GRAVATAR=true",
		"GF_USERS_ALLOW_SIGN_UP=false",
		"GF_USERS_ALLOW_ORG_CREATE=false",
		"GF_SNAPSHOTS_EXTERNAL_ENABLED=false",
		// Nothing is asked of the network, and nothing is told to it.
		"GF_ANALYTICS_REPORTING_ENABLED=false",
		"GF_ANALYTICS_CHECK_FOR_UPDATES=false",
		"GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES=false",
		"GF_ANALYTICS_FEEDBACK_LINKS_ENABLED=false",
		"GF_NEWS_NEWS_FEED_ENABLED=false",
		"GF_PLUGINS_PREINSTALL_DISABLED=true",
		"GF_PLUGINS_PREINSTALL_AUTO_UPDATE=false",
		"GF_PLUGINS_PLUGIN_ADMIN_ENABLED=false",
		"GF_PLUGINS_PUBLIC_KEY_RETRIEVAL_DISABLED=true",
	}
}
