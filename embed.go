// Package agenttelemetry carries the default configuration files inside the
// programs.
//
// A clone's own files are used when they stand beside bin/, so that an edit
// counts after a restart; the embedded copies make an installed program work
// without a directory of data files that can be missing or of another version.
package agenttelemetry

import "embed"

// Files holds otelcol-config.yaml, config/loki.yaml, config/security-rules.yaml, and
// what Grafana is provisioned with: config/grafana and the dashboards.
//
//go:embed otelcol-config.yaml config/loki.yaml config/security-rules.yaml config/grafana dashboards/*.json
var Files embed.FS
