package claudehookreceiver

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"google.golang.org/grpc/codes"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Paths and endpoints.
const (
	pathLogs      = "/v1/logs"
	pathStatus    = "/v1/status"
	endpointLogs  = "logs"
	endpointHooks = "hooks"
)

// outcome is what became of a request that was read.
type outcome string

const (
	outcomeAccepted   outcome = "accepted"
	outcomeDuplicate  outcome = "duplicate"
	outcomeNotWatched outcome = "not_watched"
	outcomeSpooled    outcome = "spooled"
	outcomeInvalid    outcome = "invalid"
	outcomeRetryable  outcome = "retryable"
	outcomePermanent  outcome = "permanent"
)

// requestKind is what requests are told apart by when they are counted.
type requestKind struct {
	transport, endpoint string
	outcome             outcome
}

// requestAttributes are the attributes of all kinds of requests: to make them takes
// longer than to count.
var requestAttributes = func() map[requestKind][]metric.AddOption {
	all := map[requestKind][]metric.AddOption{}
	for _, transport := range []string{transportUnix, transportTCP} {
		for _, endpoint := range []string{endpointLogs, endpointHooks} {
			for _, what := range []outcome{outcomeAccepted, outcomeDuplicate, outcomeNotWatched, outcomeSpooled, outcomeInvalid, outcomeRetryable, outcomePermanent} {
				all[requestKind{transport, endpoint, what}] = with(
					attribute.String("transport", transport), attribute.String("endpoint", endpoint), attribute.String("outcome", string(what)))
			}
		}
	}
	return all
}()

// with are the options to count something with attributes.
func with(attributes ...attribute.KeyValue) []metric.AddOption {
	return []metric.AddOption{metric.WithAttributeSet(attribute.NewSet(attributes...))}
}

// unixHandler serves the socket: only our own user reaches it.
func (r *hookReceiver) unixHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Path == pathStatus {
			r.serveStatus(w, req)
			return
		}
		r.route(w, req, transportUnix)
	})
}

// tcpHandler serves loopback TCP.
func (r *hookReceiver) tcpHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if why := r.checkTCP(req); why != nil {
			r.refuse(w, req, transportTCP, *why)
			return
		}
		r.route(w, req, transportTCP)
	})
}

func (r *hookReceiver) route(w http.ResponseWriter, req *http.Request, transport string) {
	var serve func(http.ResponseWriter, *http.Request, string) outcome
	endpoint := endpointLogs
	switch req.URL.Path {
	case pathLogs:
		serve = r.serveLogs
	case semconv.HookURLPath:
		serve, endpoint = r.serveHook, endpointHooks
	default:
		r.refuse(w, req, transport, refusePath)
		return
	}
	if req.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		r.refuse(w, req, transport, refuseMethod)
		return
	}
	if what := serve(w, req, transport); what != "" {
		// No exemplar is made of a request: to look for a span in all of its context takes long.
		r.telemetry.ReceiverClaudeHookRequests.Add(context.Background(), 1, requestAttributes[requestKind{transport, endpoint, what}]...)
	}
}

func (r *hookReceiver) refuse(w http.ResponseWriter, req *http.Request, transport string, why refusal) {
	r.counts.refused.Add(1)
	r.telemetry.ReceiverClaudeHookRefused.Add(req.Context(), 1, with(attribute.String("transport", transport), attribute.String("reason", why.reason))...)
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	switch why.status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", "Bearer")
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", strconv.Itoa(int(retryAfter.Seconds())))
	}
	if media := otlpMedia(req); req.URL.Path == pathLogs && media != "" {
		h.Del("Content-Type")
		writeError(w, media, why.status, codes.Unavailable, errors.New(strings.TrimSpace(why.text)))
		return
	}
	w.WriteHeader(why.status)
	_, _ = io.WriteString(w, why.text) // the client may be gone
}

// errTooLarge says that a body is larger than its limit.
var errTooLarge = errors.New("request body too large")

// hurry bounds how long a client may take to send its request's body: what it
// sends on this host takes no time, and who takes long may mean to hold places.
func hurry(w http.ResponseWriter, within time.Duration) {
	// Without support for it (a test's recorder) the server's own bound holds.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(within))
}

// decoded returns the body as it was before its Content-Encoding.
func decoded(req *http.Request) (io.Reader, error) {
	switch encoding := req.Header.Get("Content-Encoding"); encoding {
	case "", "identity":
		return req.Body, nil
	case "gzip":
		zr, err := gzip.NewReader(req.Body)
		if err != nil {
			return nil, fmt.Errorf("read gzip body: %w", err)
		}
		return zr, nil
	default:
		return nil, fmt.Errorf("unsupported Content-Encoding %q: use gzip or none", encoding)
	}
}

// retryAfter is what a sender waits at least before it tries again.
const retryAfter = time.Second
