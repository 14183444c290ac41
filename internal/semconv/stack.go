package semconv

// Environment variables of a stack. The default collector and Loki
// configurations read those that move a port, a directory or a URL.
const (
	EnvHome            = "AGENT_TELEMETRY_HOME" // also statedir.EnvHome
	EnvOTLPGRPCPort    = "AGENT_TELEMETRY_OTLP_GRPC_PORT"
	EnvOTLPHTTPPort    = "AGENT_TELEMETRY_OTLP_HTTP_PORT"
	EnvHealthPort      = "AGENT_TELEMETRY_HEALTH_PORT"
	EnvMetricsPort     = "AGENT_TELEMETRY_METRICS_PORT"
	EnvLokiPort        = "AGENT_TELEMETRY_LOKI_PORT"
	EnvLokiGRPCPort    = "AGENT_TELEMETRY_LOKI_GRPC_PORT"
	EnvLokiURL         = "AGENT_TELEMETRY_LOKI_URL"
	EnvLokiDir         = "AGENT_TELEMETRY_LOKI_DIR"
	EnvLokiRetention   = "AGENT_TELEMETRY_LOKI_RETENTION" // such as 744h
	EnvLokiBin         = "AGENT_TELEMETRY_LOKI_BIN"
	EnvLokiConfig      = "AGENT_TELEMETRY_LOKI_CONFIG"
	EnvGrafana         = "AGENT_TELEMETRY_GRAFANA" // true: up starts Grafana, too
	EnvGrafanaPort     = "AGENT_TELEMETRY_GRAFANA_PORT"
	EnvGrafanaBin      = "AGENT_TELEMETRY_GRAFANA_BIN"
	EnvGrafanaHome     = "AGENT_TELEMETRY_GRAFANA_HOME"
	EnvCollectorBin    = "AGENT_TELEMETRY_COLLECTOR_BIN"
	EnvCollectorConfig = "AGENT_TELEMETRY_COLLECTOR_CONFIG"
	EnvPassEnv         = "AGENT_TELEMETRY_PASS_ENV"
	EnvRole            = "AGENT_TELEMETRY_ROLE" // marks our background processes

	// What the provisioning files of Grafana read, beside EnvLokiURL.
	EnvGrafanaDashboards = "AGENT_TELEMETRY_GRAFANA_DASHBOARDS" // directory of the dashboards
	EnvGrafanaWebhook    = "AGENT_TELEMETRY_GRAFANA_WEBHOOK"    // URL that the contact point posts to
)

// Default ports of a stack, all on loopback. See also DefaultHookPort.
const (
	DefaultOTLPGRPCPort = 4317
	DefaultOTLPHTTPPort = 4318
	DefaultHealthPort   = 13133
	DefaultMetricsPort  = 8888
	DefaultLokiPort     = 3100
	DefaultLokiGRPCPort = 9095
	DefaultGrafanaPort  = 3000
)

// Names of the programs of a stack and of the receiver's status page.
const (
	CollectorBinary = "otelcol-claude"
	LokiBinary      = "loki"
	GrafanaBinary   = "grafana"
	StatusURLPath   = "/v1/status"
)
