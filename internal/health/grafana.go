package health

import (
	"context"
	"encoding/json"
	"fmt"
)

const grafanaHealth = "/api/health"

// Grafana returns nil when the Grafana at the base URL answers and has its database.
func Grafana(ctx context.Context, base string) error {
	text, err := get(ctx, client(), base+grafanaHealth)
	if err != nil {
		return err
	}
	var h struct {
		Database string `json:"database"`
	}
	if err := json.Unmarshal(text, &h); err != nil || h.Database != "ok" {
		return fmt.Errorf("%s does not say that Grafana is well: %s", base+grafanaHealth, firstLine(text))
	}
	return nil
}

// GrafanaVersion returns the version of the Grafana at the base URL, "" when it does
// not tell.
func GrafanaVersion(ctx context.Context, base string) string {
	text, err := get(ctx, client(), base+grafanaHealth)
	if err != nil {
		return ""
	}
	var h struct {
		Version string `json:"version"`
	}
	if json.Unmarshal(text, &h) != nil || !plainVersion.MatchString(h.Version) {
		return ""
	}
	return h.Version
}
