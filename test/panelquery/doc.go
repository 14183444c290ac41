// Package panelquery reads Grafana dashboards and makes of each panel's targets
// the queries that Grafana would send to Loki: variables put in, step and range
// computed from the time range and the panel's width. Tests and benchmarks run
// dashboards with it where no Grafana can run.
//
// It knows what our dashboards use of Grafana, and fails on what it does not
// know: a query that Grafana would make otherwise must not pass for checked.
package panelquery
