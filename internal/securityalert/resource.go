package securityalert

import (
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// CopyResource copies what an alert needs of an event's resource: where it was, in
// texts that are escaped and bounded. A sender chooses the resource, and it would be
// there once for each alert.
func CopyResource(to, from pcommon.Resource) {
	for _, key := range [...]string{
		semconv.ServiceName, semconv.ServiceVersion, semconv.HostName, semconv.HostID, semconv.OSType, semconv.UserName,
	} {
		if s := text(from.Attributes(), key); s != "" {
			to.Attributes().PutStr(key, Escape(s, maxText))
		}
	}
}
