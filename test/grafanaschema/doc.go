// Package grafanaschema checks our dashboards against the types that Grafana
// publishes: @grafana/schema on npm, of the oldest Grafana that we support and of the
// last one of its major version. It needs node and npm.
package grafanaschema
