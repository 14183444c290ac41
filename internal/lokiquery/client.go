// Package lokiquery asks Grafana Loki through its HTTP API.
package lokiquery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// MaxResponseBytes bounds what is read of an answer.
const MaxResponseBytes = 64 << 20

// MaxPage is how many entries are asked for at once: Loki's default limit.
const MaxPage = 5000

var (
	// ErrUnreachable says that nothing answers at Loki's address.
	ErrUnreachable = errors.New("Loki cannot be reached: start it with `agent-telemetry up`, or check its URL")
	// ErrNotReady says that Loki is starting or stopping.
	ErrNotReady = errors.New("Loki is not ready yet: wait a moment and try again")
	// ErrTooLarge says that an answer is above MaxResponseBytes.
	ErrTooLarge = errors.New("Loki's answer is too large: ask for a shorter time or a lower limit")
)

// APIError is a refusal by Loki.
type APIError struct {
	Status  int
	Message string // the start of what Loki said
}

// Error implements error.
func (e *APIError) Error() string {
	hint := "check the query and Loki's limits"
	if e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden {
		hint = "check the tenant and the token"
	}
	return fmt.Sprintf("Loki answered %d: %q (%s)", e.Status, e.Message, hint)
}

// Client asks one Loki. It is safe for concurrent use.
type Client struct {
	base, tenant, token, user, password string
	fresh                               bool
	http                                *http.Client
}

// Fresh returns a client whose answers do not come from Loki's caches. Loki
// remembers for a day that an old time range was empty, even after old entries
// have been pushed into it.
func (c *Client) Fresh() *Client {
	d := *c
	d.fresh = true
	return &d
}

// As returns a client with this tenant and basic auth; what is empty stays as
// it is.
func (c *Client) As(tenant, user, password string) *Client {
	d := *c
	if tenant != "" {
		d.tenant = tenant
	}
	if user != "" {
		d.user, d.password, d.token = user, password, ""
	}
	return &d
}

// Environment variables of FromEnv. Each _FILE names a file with the value.
const (
	EnvTenant    = "AGENT_TELEMETRY_LOKI_TENANT"
	EnvToken     = "AGENT_TELEMETRY_LOKI_TOKEN"
	EnvTokenFile = "AGENT_TELEMETRY_LOKI_TOKEN_FILE"
)

// FromEnv returns a client of the Loki at base with the tenant and the token of
// the environment. A user and password in the URL are used for basic auth.
func FromEnv(base string) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, errors.New("Loki's URL is not an http or https URL: give one like http://127.0.0.1:3100") // not shown: may hold a password
	}
	c := &Client{tenant: os.Getenv(EnvTenant), token: os.Getenv(EnvToken), http: &http.Client{
		Timeout: time.Minute,
		// A redirect could carry the token elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if u.User != nil {
		c.user = u.User.Username()
		c.password, _ = u.User.Password()
		u.User = nil
	}
	c.base = strings.TrimRight(u.String(), "/")
	if path := os.Getenv(EnvTokenFile); path != "" && c.token == "" {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read the token for Loki (%s): %w", EnvTokenFile, err)
		}
		c.token = strings.TrimSpace(string(text))
	}
	return c, nil
}

func (c *Client) get(ctx context.Context, path string, q url.Values) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path+"?"+q.Encode(), nil)
	if err != nil {
		return nil, fmt.Errorf("ask Loki: %w", err)
	}
	req.Header.Set("X-Loki-Response-Encoding-Flags", "categorize-labels")
	if c.fresh {
		req.Header.Set("Cache-Control", "no-cache")
	}
	if c.tenant != "" {
		req.Header.Set("X-Scope-OrgID", c.tenant)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	} else if c.user != "" {
		req.SetBasicAuth(c.user, c.password)
	}
	res, err := c.http.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err
		}
		return nil, fmt.Errorf("%w (%w)", ErrUnreachable, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, MaxResponseBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w (%w)", ErrUnreachable, err)
	case len(body) > MaxResponseBytes:
		return nil, ErrTooLarge
	case res.StatusCode == http.StatusServiceUnavailable:
		return nil, ErrNotReady
	case res.StatusCode != http.StatusOK:
		return nil, &APIError{res.StatusCode, strings.TrimSpace(string(body[:min(len(body), 300)]))}
	}
	return body, nil
}

// Ready reports whether Loki takes queries: nil, ErrNotReady or ErrUnreachable.
func (c *Client) Ready(ctx context.Context) error {
	_, err := c.get(ctx, "/ready", nil)
	return err
}

// Labels returns the names of the labels seen between start and end.
func (c *Client) Labels(ctx context.Context, start, end time.Time) ([]string, error) {
	var out struct{ Data []string }
	err := c.decode(ctx, "/loki/api/v1/labels", url.Values{"start": {nanos(start)}, "end": {nanos(end)}}, &out)
	return out.Data, err
}

// LabelValues returns the values that a label had between start and end, in streams of
// the query.
func (c *Client) LabelValues(ctx context.Context, name string, q Query, start, end time.Time) ([]string, error) {
	var out struct{ Data []string }
	err := c.decode(ctx, "/loki/api/v1/label/"+url.PathEscape(name)+"/values", url.Values{"query": {q.String()}, "start": {nanos(start)}, "end": {nanos(end)}}, &out)
	return out.Data, err
}

// Query evaluates an instant query; the result is Loki's data object.
func (c *Client) Query(ctx context.Context, q string, at time.Time) (json.RawMessage, error) {
	var out struct{ Data json.RawMessage }
	err := c.decode(ctx, "/loki/api/v1/query", url.Values{"query": {q}, "time": {nanos(at)}}, &out)
	return out.Data, err
}

func (c *Client) decode(ctx context.Context, path string, q url.Values, v any) error {
	body, err := c.get(ctx, path, q)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, v); err != nil {
		return fmt.Errorf("read Loki's answer: %w", err)
	}
	return nil
}

func nanos(t time.Time) string { return strconv.FormatInt(t.UnixNano(), 10) }
