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
	var serve func(w http.ResponseWriter, req *http.Request, transport string, read func()) outcome
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
	ctx, cancel := context.WithTimeout(req.Context(), r.config.Limits.RequestTimeout)
	defer cancel()
	read, ok := r.places.toRead(ctx, req.ContentLength)
	if !ok {
		r.refuse(w, req, transport, refuseOverload)
		return
	}
	defer read()
	if what := serve(w, req.WithContext(ctx), transport, read); what != "" {
		r.telemetry.ReceiverClaudeHookRequests.Add(ctx, 1, metric.WithAttributeSet(attribute.NewSet(
			attribute.String("transport", transport), attribute.String("endpoint", endpoint), attribute.String("outcome", string(what)))))
	}
}

func (r *hookReceiver) refuse(w http.ResponseWriter, req *http.Request, transport string, why refusal) {
	r.counts.refused.Add(1)
	r.telemetry.ReceiverClaudeHookRefused.Add(req.Context(), 1, metric.WithAttributeSet(attribute.NewSet(
		attribute.String("transport", transport), attribute.String("reason", why.reason))))
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

// readBody reads a whole body of at most limit bytes, after decompression.
func readBody(w http.ResponseWriter, req *http.Request, limit int64) ([]byte, error) {
	var body io.Reader = http.MaxBytesReader(w, req.Body, limit)
	switch encoding := req.Header.Get("Content-Encoding"); encoding {
	case "", "identity":
	case "gzip":
		zr, err := gzip.NewReader(body)
		if err != nil {
			return nil, fmt.Errorf("read gzip body: %w", err)
		}
		body = zr
	default:
		return nil, fmt.Errorf("unsupported Content-Encoding %q: use gzip or none", encoding)
	}
	raw, err := readAll(io.LimitReader(body, limit+1), min(req.ContentLength, limit))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) || int64(len(raw)) > limit {
		return nil, errTooLarge
	}
	if err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	return raw, nil
}

// readAll reads into a buffer of the announced size, which is only a hint.
func readAll(r io.Reader, announced int64) ([]byte, error) {
	const most = 1 << 20 // of what a header alone can make us allocate
	raw := make([]byte, 0, max(512, min(announced, most)+1))
	for {
		if len(raw) == cap(raw) {
			raw = append(raw, 0)[:len(raw)]
		}
		n, err := r.Read(raw[len(raw):cap(raw)])
		raw = raw[:len(raw)+n]
		if errors.Is(err, io.EOF) {
			return raw, nil
		}
		if err != nil {
			return raw, err
		}
	}
}

// retryAfter is what a sender waits at least before it tries again.
const retryAfter = time.Second
