package post

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/anchor"
)

// Client posts to one server.
type Client struct {
	http      *http.Client
	token     string
	userAgent string
}

// New makes a client. It connects to nothing yet.
func New(ctx context.Context, c *Config, s anchor.Settings) (*Client, error) {
	client, err := c.ClientConfig.ToClient(ctx, s.Host.GetExtensions(), s.Telemetry)
	if err != nil {
		return nil, fmt.Errorf("make the HTTP client: %w", err)
	}
	// What a redirect leads to was not configured, and is not where a token goes.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{http: client, token: string(c.BearerToken), userAgent: s.UserAgent}, nil
}

// Close closes idle connections.
func (c *Client) Close() error {
	c.http.CloseIdleConnections()
	return nil
}

// Answer is what a server said.
type Answer struct {
	Status int
	Type   string // Content-Type
	Body   []byte
	after  time.Duration
}

// Do posts body. Of the answer it reads limit bytes. The errors of Do may pass:
// they are of the network.
func (c *Client) Do(ctx context.Context, url, contentType string, body []byte, limit int64) (Answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return Answer{}, fmt.Errorf("make the request: %w", err)
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("User-Agent", c.userAgent)
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return Answer{}, fmt.Errorf("post: %w", err)
	}
	defer func() { _ = resp.Body.Close() }() // nothing was written through it
	text, err := io.ReadAll(io.LimitReader(resp.Body, limit))
	if err != nil {
		return Answer{}, fmt.Errorf("read the answer: %w", err)
	}
	a := Answer{Status: resp.StatusCode, Type: resp.Header.Get("Content-Type"), Body: text}
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s > 0 {
		a.after = time.Duration(min(s, 24*3600)) * time.Second
	}
	return a, nil
}

// StatusError is an answer that is no success.
type StatusError struct {
	Status int
	Text   string // the beginning of what the server said, printable
	after  time.Duration
}

// Error implements error.
func (e *StatusError) Error() string {
	text := fmt.Sprintf("the server answered %d %s", e.Status, http.StatusText(e.Status))
	if e.Text != "" {
		text += ": " + e.Text
	}
	return text
}

// RetryAfter is how long the server asks to wait, 0 when it does not say.
func (e *StatusError) RetryAfter() time.Duration { return e.after }

// Err returns nil for a 2xx answer, else a *StatusError, and whether the same
// request may do better later.
func (a Answer) Err() (retry bool, err error) {
	if a.Status >= 200 && a.Status <= 299 {
		return false, nil
	}
	e := &StatusError{Status: a.Status, Text: printable(a.Body), after: a.after}
	switch a.Status {
	case http.StatusUnauthorized, http.StatusForbidden, // a token may be renewed, a policy put right
		http.StatusNotFound, http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true, e
	}
	return a.Status >= 500, e
}

// printable returns the beginning of a server's text, quoted where it must be.
func printable(b []byte) string {
	b = bytes.TrimSpace(b)
	if len(b) == 0 {
		return ""
	}
	return strconv.QuoteToASCII(string(b[:min(len(b), 200)]))
}
