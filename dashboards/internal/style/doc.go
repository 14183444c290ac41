// Package style is how our Grafana dashboards look: the kinds of panels, colours,
// tables, links and variables that every dashboard shares. What a dashboard asks
// and says is in package boards.
package style
