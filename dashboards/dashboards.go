// Package dashboards holds our Grafana dashboards as JSON. They are generated:
// change what is in internal, then run `make dashboards`.
package dashboards

import "embed"

//go:generate go run ./generate

// Files holds the dashboards, each a *.json at the root.
//
//go:embed *.json
var Files embed.FS
