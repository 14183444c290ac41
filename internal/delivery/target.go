package delivery

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// Target is where requests go.
type Target struct {
	// Network and Address are what a net.Dialer takes.
	Network, Address string
	// Host is the value of the Host header.
	Host string
	// Path is the request's path.
	Path string
	// Token is sent as a bearer token when it is not empty.
	Token string
}

// logsPath is the path of OTLP/HTTP log requests.
const logsPath = "/v1/logs"

// Errors of Endpoint.
var (
	ErrNotLoopback = errors.New("endpoint is not on this host: what leaves the host leaves through a collector; use http://127.0.0.1:4318")
	ErrBadEndpoint = errors.New("endpoint must look like http://127.0.0.1:4318")
)

// Socket is the collector's unix socket.
func Socket(path string) Target {
	return Target{Network: "unix", Address: path, Host: "localhost", Path: logsPath}
}

// Endpoint is a standard OTLP/HTTP receiver on loopback TCP. As with
// OTEL_EXPORTER_OTLP_ENDPOINT, /v1/logs is added to a path that does not end in
// it. It returns ErrBadEndpoint or ErrNotLoopback.
func Endpoint(raw string) (Target, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Hostname() == "" {
		return Target{}, fmt.Errorf("%w, not %q", ErrBadEndpoint, raw)
	}
	host, port := u.Hostname(), u.Port()
	if port == "" {
		port = "4318"
	}
	switch addr, err := netip.ParseAddr(host); {
	case host == "localhost":
		host = "127.0.0.1" // never ask a resolver
	case err != nil || !addr.IsLoopback():
		return Target{}, ErrNotLoopback
	}
	path := strings.TrimSuffix(u.EscapedPath(), "/")
	if !strings.HasSuffix(path, logsPath) {
		path += logsPath
	}
	address := net.JoinHostPort(host, port)
	return Target{Network: "tcp", Address: address, Host: address, Path: path}, nil
}
