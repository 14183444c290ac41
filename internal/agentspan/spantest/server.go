package spantest

import (
	"compress/gzip"
	"io"
	"net/http"
	"sync/atomic"
)

// Server is a Store that takes OTLP over HTTP.
type Server struct {
	Store
	// Status is what it answers instead of taking spans; 0 takes them.
	Status atomic.Int64
	// Requests counts the requests that came.
	Requests atomic.Int64
}

// maxBody bounds a request.
const maxBody = 32 << 20

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.Requests.Add(1)
	if status := s.Status.Load(); status != 0 {
		w.WriteHeader(int(status))
		return
	}
	if r.URL.Path != "/v1/traces" || r.Header.Get("Content-Type") != "application/x-protobuf" {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		body = z
	}
	raw, err := io.ReadAll(io.LimitReader(body, maxBody))
	if err == nil {
		err = s.Add(raw)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
	w.WriteHeader(http.StatusOK) // an empty ExportTraceServiceResponse
}
