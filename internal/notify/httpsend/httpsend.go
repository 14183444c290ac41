// Package httpsend posts JSON for the channels that speak HTTP, and tells what an
// answer means.
package httpsend

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
)

const (
	maxAnswerBytes = 64 << 10
	maxTold        = 200 // bytes of an answer in an error
)

// Request is one request.
type Request struct {
	Method string // default POST
	URL    string
	Header map[string]string
	Body   any // sent as JSON; []byte as it is; nil: none
}

// Prepare makes a client fit for notifications: it follows no redirect, which
// could lead anywhere and turns a POST into a GET.
func Prepare(client *http.Client) *http.Client {
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return client
}

// Do sends a request and returns the start of the answer's body. An error never
// holds the URL, which may be a secret.
func Do(ctx context.Context, client *http.Client, r Request) (answer []byte, retry bool, err error) {
	body, err := encode(r.Body)
	if err != nil {
		return nil, false, fmt.Errorf("encode the request: %w", err)
	}
	method := r.Method
	if method == "" {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(ctx, method, r.URL, bytes.NewReader(body))
	if err != nil {
		return nil, false, errors.New("make the request: the URL cannot be used")
	}
	if r.Body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for k, v := range r.Header {
		req.Header.Set(k, v)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, true, fmt.Errorf("send the request: %w", withoutURL(err))
	}
	defer func() { _ = resp.Body.Close() }() // read as far as wanted
	answer, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswerBytes))
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return answer, false, nil // whatever became of the body
	}
	if err != nil {
		answer = nil
	}
	err = fmt.Errorf("the answer is %d: %s", resp.StatusCode, notify.Line(strings.TrimSpace(string(answer)), maxTold))
	return answer, Retryable(resp.StatusCode), notify.WithRetryAfter(err, after(resp.Header.Get("Retry-After"), time.Now()))
}

// Retryable reports whether a status may be another one later: what the server says
// is its own fault, and what an operator can cure, such as credentials or an address
// at which something else answers. What is left is a fault of the message.
func Retryable(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity, http.StatusRequestHeaderFieldsTooLarge:
		return false
	}
	return true
}

func encode(body any) ([]byte, error) {
	switch b := body.(type) {
	case nil:
		return nil, nil
	case []byte:
		return b, nil
	}
	return json.Marshal(body)
}

// withoutURL takes the URL out of an error of net/http.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// after is how long a Retry-After header asks to wait.
func after(value string, now time.Time) time.Duration {
	if value == "" {
		return 0
	}
	if s, err := strconv.Atoi(value); err == nil {
		return time.Duration(min(max(s, 0), 86_400)) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
