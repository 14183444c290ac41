// Package version holds the one version number of the product.
package version

// Version is the product's version. Release builds may replace it with
// -ldflags "-X github.com/agent-telemetry/agent-telemetry/internal/version.Version=v1.2.3".
var Version = "0.1.0"
