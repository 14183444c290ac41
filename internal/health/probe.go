package health

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// probeTimeout bounds each look at a server.
const probeTimeout = 3 * time.Second

const maxAnswer = 1 << 20

// Socket returns nil when the collector takes connections on its socket.
func Socket(ctx context.Context, home statedir.Dir) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", home.Socket())
	if err != nil {
		return fmt.Errorf("reach the collector's socket: %w", err)
	}
	return conn.Close()
}

// Receiver is what the collector's receiver tells of itself.
type Receiver map[string]any

// ReceiverStatus asks the collector's receiver over its socket. An error means
// that it does not answer or tells nothing.
func ReceiverStatus(ctx context.Context, home statedir.Dir) (Receiver, error) {
	var d net.Dialer
	tr := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return d.DialContext(ctx, "unix", home.Socket())
	}}
	text, err := get(ctx, &http.Client{Transport: tr}, "http://localhost"+semconv.StatusURLPath)
	if err != nil {
		return nil, err
	}
	var r Receiver
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("read the receiver's status: %w", err)
	}
	return r, nil
}

// client neither follows redirects nor keeps connections.
func client() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true, Proxy: http.ProxyFromEnvironment},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func get(ctx context.Context, c *http.Client, url string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", url, err)
	}
	resp, err := c.Do(req)
	if err != nil {
		return nil, err // names the URL
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", url, err)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s: %s", url, resp.Status, firstLine(text))
	}
	return text, nil
}

// URL returns nil when a GET of url answers 200.
func URL(ctx context.Context, url string) error {
	_, err := get(ctx, client(), url)
	return err
}

// Loki returns nil when the Loki at the base URL is ready.
func Loki(ctx context.Context, base string) error {
	if base == "" {
		return errors.New("no Loki is configured")
	}
	return URL(ctx, base+"/ready")
}

// LokiVersion returns the version of the Loki at the base URL, "" when it does
// not tell.
func LokiVersion(ctx context.Context, base string) string {
	text, err := get(ctx, client(), base+"/loki/api/v1/status/buildinfo")
	if err != nil {
		return ""
	}
	var v struct {
		Version string `json:"version"`
	}
	if json.Unmarshal(text, &v) != nil || !plainVersion.MatchString(v.Version) {
		return ""
	}
	return v.Version
}

var plainVersion = regexp.MustCompile(`^[0-9A-Za-z.+_-]{1,64}$`)

// firstLine makes a server's words fit for a terminal.
func firstLine(text []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	line = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, line)
	if r := []rune(line); len(r) > 120 {
		line = string(r[:120]) + "…"
	}
	return line
}
