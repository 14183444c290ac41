package witness

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"

	"golang.org/x/time/rate"
)

// Rates of requests, a client address, and of lines in the log.
const (
	DefaultRequestsPerSecond = 10
	burstSeconds             = 3
	logLinesPerSecond        = 1
	logLinesBurst            = 20
)

// handler speaks HTTP for a Witness.
type handler struct {
	w       *Witness
	clients *clients
	lines   *rate.Limiter
}

// Handler returns the witness's HTTP interface: POST /add-checkpoint as in
// c2sp.org/tlog-witness, POST /add-key for changes of a log's key, and GET
// /HASH/checkpoint for the newest checkpoint of the log whose origin has that
// SHA-256. requestsPerSecond bounds each client address; 0 stands for
// DefaultRequestsPerSecond.
func (w *Witness) Handler(requestsPerSecond float64) http.Handler {
	if requestsPerSecond <= 0 {
		requestsPerSecond = DefaultRequestsPerSecond
	}
	h := &handler{
		w: w, clients: newClients(rate.Limit(requestsPerSecond), max(1, int(requestsPerSecond*burstSeconds))),
		lines: rate.NewLimiter(logLinesPerSecond, logLinesBurst),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /add-checkpoint", h.post(h.addCheckpoint))
	mux.HandleFunc("POST /add-key", h.post(h.addKey))
	mux.HandleFunc("GET /{hash}/checkpoint", h.checkpoint)
	return h.bounded(mux)
}

// bounded refuses clients that ask too often.
func (h *handler) bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil || !h.clients.allow(host) {
			rw.Header().Set("Retry-After", "1")
			http.Error(rw, "too many requests", http.StatusTooManyRequests)
			return
		}
		next.ServeHTTP(rw, r)
	})
}

// post reads a body and answers with what answer makes of it.
func (h *handler) post(answer func([]byte) ([]byte, error)) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, MaxRequestBytes))
		if err != nil {
			var long *http.MaxBytesError
			if errors.As(err, &long) {
				http.Error(rw, "the request is too long", http.StatusRequestEntityTooLarge)
				return
			}
			http.Error(rw, "the request could not be read", http.StatusBadRequest)
			return
		}
		text, err := answer(body)
		if err != nil {
			h.fail(rw, r, err)
			return
		}
		rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = rw.Write(text) // who is gone asks again
	}
}

func (h *handler) addCheckpoint(body []byte) ([]byte, error) {
	r, err := parseAddCheckpoint(body)
	if err != nil {
		return nil, refuse(http.StatusBadRequest, err)
	}
	return h.w.addCheckpoint(r)
}

func (h *handler) addKey(body []byte) ([]byte, error) {
	r, err := parseAddKey(body)
	if err != nil {
		return nil, refuse(http.StatusBadRequest, err)
	}
	epoch, err := h.w.addKey(r)
	return fmt.Appendf(nil, "epoch %d\n", epoch), err
}

func (h *handler) checkpoint(rw http.ResponseWriter, r *http.Request) {
	note, err := h.w.newest(r.PathValue("hash"))
	switch {
	case err != nil:
		h.fail(rw, r, err)
	case note == nil:
		http.Error(rw, "no checkpoint", http.StatusNotFound)
	default:
		rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
		rw.Header().Set("Cache-Control", "no-store")
		_, _ = rw.Write(note)
	}
}

// fail answers with an error and notes it.
func (h *handler) fail(rw http.ResponseWriter, r *http.Request, err error) {
	var no *refusal
	if !errors.As(err, &no) {
		// What the disk says is not for strangers.
		h.w.logger.Error("A request could not be carried out.", "path", r.URL.Path, "error", err)
		http.Error(rw, "internal error", http.StatusInternalServerError)
		return
	}
	contradicts := errors.Is(err, errFork) || errors.Is(err, errProof)
	if no.known == "" && h.lines.Allow() {
		level := h.w.logger.Warn
		if contradicts {
			level = h.w.logger.Error
		}
		level("A request was refused.", "path", r.URL.Path, "from", r.RemoteAddr,
			"status", strconv.Itoa(no.status), "error", err)
	}
	if no.known != "" {
		rw.Header().Set("Content-Type", no.kind)
		rw.WriteHeader(no.status)
		_, _ = io.WriteString(rw, no.known)
		return
	}
	http.Error(rw, no.Error(), no.status)
}
