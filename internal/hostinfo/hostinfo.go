// Package hostinfo describes the host and user that records come from.
package hostinfo

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/user"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"go.opentelemetry.io/otel/attribute"

	"github.com/agent-telemetry/agent-telemetry/internal/rawfile"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/version"
)

// Resource returns the resource attributes of a hook record.
func Resource() []attribute.KeyValue {
	attrs := []attribute.KeyValue{
		attribute.String(semconv.ServiceName, semconv.ServiceNameValue),
		attribute.String(semconv.ServiceVersion, version.Version),
		attribute.String(semconv.OSType, runtime.GOOS),
		attribute.String(semconv.UserName, User()),
	}
	if host, err := os.Hostname(); err == nil {
		attrs = append(attrs, attribute.String(semconv.HostName, host))
	}
	if id := hostID(); id != "" {
		attrs = append(attrs, attribute.String(semconv.HostID, id))
	}
	return attrs
}

// User returns the login name of the user, or the user id where there is none.
var User = sync.OnceValue(func() string {
	u, err := user.Current()
	if err != nil || u.Username == "" {
		return strconv.Itoa(os.Getuid())
	}
	return u.Username
})

// hostID is derived from systemd's machine id, which must not leave the host as
// it is (machine-id(5)); "" where there is none.
func hostID() string {
	f, err := rawfile.Open("/etc/machine-id", os.O_RDONLY)
	if err != nil {
		return ""
	}
	defer f.Close() //nolint:errcheck // read only
	var line [64]byte
	n, err := f.Start(line[:])
	id := strings.TrimSpace(string(line[:n]))
	if err != nil || len(id) != 32 {
		return ""
	}
	sum := sha256.Sum256([]byte(semconv.ScopeName + "\x00" + id))
	return hex.EncodeToString(sum[:16])
}
