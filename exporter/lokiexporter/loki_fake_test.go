package lokiexporter

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/grafana/loki/pkg/push"
	"github.com/klauspost/compress/snappy"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pushed is a request as the server has read it.
type pushed struct {
	push.PushRequest
	header http.Header
	path   string
}

// entries is the number of entries in the request.
func (p *pushed) entries() int {
	n := 0
	for _, s := range p.Streams {
		n += len(s.Entries)
	}
	return n
}

// reply is what a server answers; the zero value is 204.
type reply struct {
	status int
	body   string
	header http.Header
}

// pushServer is an HTTP server that reads pushes and answers what the test says.
type pushServer struct {
	*httptest.Server
	mu     sync.Mutex
	got    []*pushed
	answer func(n int, p *pushed) reply
}

// newPushServer starts a server. answer gets the number of the request, from 0.
func newPushServer(t *testing.T, answer func(n int, p *pushed) reply) *pushServer {
	t.Helper()
	s := &pushServer{answer: answer}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := &pushed{header: r.Header.Clone(), path: r.URL.Path}
		compressed, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		message, err := snappy.Decode(nil, compressed)
		assert.NoError(t, err)
		assert.NoError(t, p.Unmarshal(message))
		s.mu.Lock()
		n := len(s.got)
		s.got = append(s.got, p)
		s.mu.Unlock()
		var a reply
		if s.answer != nil {
			a = s.answer(n, p)
		}
		for key, values := range a.header {
			w.Header()[key] = values
		}
		if a.status == 0 {
			a.status = http.StatusNoContent
		}
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, a.body)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *pushServer) requests() []*pushed {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*pushed(nil), s.got...)
}

// one returns the only request.
func (s *pushServer) one(t *testing.T) *pushed {
	t.Helper()
	got := s.requests()
	require.Len(t, got, 1)
	return got[0]
}
