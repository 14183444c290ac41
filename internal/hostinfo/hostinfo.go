// Package hostinfo describes the host and user that records come from.
package hostinfo

import (
	"os"
	"runtime"

	"go.opentelemetry.io/otel/attribute"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/version"
)

// Resource returns the resource attributes of a hook record.
func Resource() []attribute.KeyValue {
	host, _ := os.Hostname()
	return []attribute.KeyValue{
		attribute.String(semconv.ServiceName, semconv.ServiceNameValue),
		attribute.String(semconv.ServiceVersion, version.Version),
		attribute.String(semconv.HostName, host),
		attribute.String(semconv.OSType, runtime.GOOS),
	}
}
