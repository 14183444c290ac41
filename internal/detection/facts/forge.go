package facts

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// ownPort reports whether our collector takes records at a port of this machine,
// unless it was told another.
func ownPort(port int) bool {
	return port == semconv.DefaultHookPort || port == semconv.DefaultOTLPHTTPPort || port == semconv.DefaultOTLPGRPCPort
}

// forges notes data that a use of the network sends to our collector. Who only looks
// whether it answers sends none.
func (b *builder) forges(n *Net) {
	if n.Class != HostLoopback || !ownPort(n.Port) || b.call.cmd == nil {
		return
	}
	switch {
	case n.Direction == DirectionUpload:
	case n.Method == http.MethodDelete || n.Method == http.MethodPost || n.Method == http.MethodPut || n.Method == http.MethodPatch:
	case n.Direction == DirectionConnect && (n.Program == "nc" || n.Program == "socat") && !b.call.has("-z"):
	default:
		return
	}
	b.forged(n.Host, n.Port)
}

// forged is a connection over which our collector may be told anything.
func (b *builder) forged(host string, port int) {
	if ownPort(port) && hostClass(strings.ToLower(host)) == HostLoopback {
		b.act(ActTelemetryForge, b.call.prog+" → "+host+":"+strconv.Itoa(port))
	}
}

// forgedSocket is a connection to a socket that may be ours.
func (b *builder) forgedSocket(name string) {
	if name == "" {
		return
	}
	if p := b.place(name, b.dir()); p.class == ClassTelemetry {
		b.act(ActTelemetryForge, b.call.prog+" → "+p.path)
	}
}

// exports is a program that makes up records and sends them to a collector.
func (b *builder) exports(c *call) {
	if c.help() || c.prog == "grpcurl" && !c.has("-d") {
		return
	}
	for _, a := range c.args {
		if i := strings.LastIndexByte(a, '='); i >= 0 && a[0] == '-' {
			a = a[i+1:]
		}
		if _, host, port, _ := splitURL(a); ownPort(port) {
			b.forged(host, port)
		}
	}
}
