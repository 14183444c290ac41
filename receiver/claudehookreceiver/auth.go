package claudehookreceiver

import (
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/accesstoken"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// refusal is why a request is turned away before it is read.
type refusal struct {
	reason string
	status int
	text   string
}

// Refusals. The texts tell an operator what to do and an attacker nothing.
var (
	refuseHost     = refusal{"host", http.StatusMisdirectedRequest, "refused: the Host header does not name this host's loopback interface\n"}
	refuseOrigin   = refusal{"origin", http.StatusForbidden, "refused: requests from web pages are not accepted\n"}
	refuseToken    = refusal{"token", http.StatusUnauthorized, "refused: missing or wrong bearer token; run agent-telemetry install again\n"}
	refusePath     = refusal{"path", http.StatusNotFound, "not found: POST /v1/hooks or /v1/logs\n"}
	refuseMethod   = refusal{"method", http.StatusMethodNotAllowed, "method not allowed: use POST\n"}
	refuseMedia    = refusal{"media_type", http.StatusUnsupportedMediaType, "unsupported media type: use application/json or application/x-protobuf\n"}
	refuseTooLarge = refusal{"too_large", http.StatusRequestEntityTooLarge, "request body too large\n"}
	refuseOverload = refusal{"overload", http.StatusServiceUnavailable, "overloaded: try again\n"}
)

// checkTCP guards the TCP listener, which every program on the host and, by way
// of a browser, every web page can reach.
func (r *hookReceiver) checkTCP(req *http.Request) *refusal {
	switch {
	case !isLoopbackHost(req.Host):
		return &refuseHost // a name that was made to point here
	case !isLoopbackOrigin(req.Header):
		return &refuseOrigin
	case !r.token.accepts(req.Header.Get("Authorization")):
		return &refuseToken
	}
	return nil
}

func isLoopbackHost(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// isLoopbackOrigin accepts what is not from a browser, and pages of this host.
func isLoopbackOrigin(h http.Header) bool {
	for _, origin := range h.Values("Origin") {
		u, err := url.Parse(origin)
		if err != nil || u.Host == "" || !isLoopbackHost(u.Host) {
			return false
		}
	}
	return true
}

// token is the bearer token, which an operator may change while we run.
type token struct {
	home statedir.Dir
	file string // "" when the token is fixed

	mu       sync.RWMutex
	value    string
	modified time.Time
	checked  time.Time
}

// recheckEvery bounds how often refused requests make us look at the file.
const recheckEvery = time.Second

func newToken(cfg *TCPConfig, home statedir.Dir) (*token, error) {
	if cfg.Token != "" {
		return &token{value: string(cfg.Token)}, nil
	}
	t := &token{home: home, file: home.TokenFile()}
	if cfg.TokenFile != "" {
		t.home, t.file = statedir.Dir(filepath.Dir(filepath.Dir(cfg.TokenFile))), cfg.TokenFile
	}
	value, _, err := accesstoken.Ensure(t.home)
	if err != nil {
		return nil, err
	}
	t.value = value
	if info, err := os.Stat(t.file); err == nil {
		t.modified = info.ModTime()
	}
	return t, nil
}

func (t *token) accepts(header string) bool {
	scheme, got, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return false
	}
	if t.equals(got) {
		return true
	}
	return t.reread() && t.equals(got)
}

func (t *token) equals(got string) bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return subtle.ConstantTimeCompare([]byte(got), []byte(t.value)) == 1
}

// reread takes a changed token file over.
func (t *token) reread() bool {
	if t.file == "" {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if time.Since(t.checked) < recheckEvery {
		return false
	}
	t.checked = time.Now()
	info, err := os.Lstat(t.file)
	if err != nil || info.ModTime().Equal(t.modified) {
		return false
	}
	value, err := accesstoken.Read(t.home)
	if err != nil {
		return false
	}
	t.value, t.modified = value, info.ModTime()
	return true
}
