package faults

import (
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// cutter stands between senders and the collector. Of some connections it cuts
// the answer off after a few bytes, or before any: the request has gone through,
// and the sender never learns it.
type cutter struct {
	listener net.Listener
	target   func() (net.Conn, error)
	cuts     atomic.Int64

	mu   sync.Mutex
	pick *rand.Rand
	open sync.WaitGroup
}

// one in so many connections is cut.
const oneIn = 12

func newCutter(t *testing.T, network, address, targetNetwork, target string, pick *rand.Rand) *cutter {
	t.Helper()
	l, err := net.Listen(network, address)
	require.NoError(t, err)
	c := &cutter{listener: l, target: func() (net.Conn, error) { return net.Dial(targetNetwork, target) }, pick: pick}
	c.open.Go(c.accept)
	t.Cleanup(func() {
		require.NoError(t, l.Close())
		c.open.Wait()
	})
	return c
}

func (c *cutter) accept() {
	for {
		conn, err := c.listener.Accept()
		if err != nil {
			return
		}
		limit := int64(-1)
		c.mu.Lock()
		if c.pick.IntN(oneIn) == 0 {
			limit = c.pick.Int64N(40)
		}
		c.mu.Unlock()
		c.open.Go(func() { c.serve(conn, limit) })
	}
}

// serve hands bytes on both ways; of the answer at most limit, if that is not -1.
func (c *cutter) serve(from net.Conn, limit int64) {
	defer from.Close()
	to, err := c.target()
	if err != nil {
		return
	}
	var request sync.WaitGroup
	request.Go(func() {
		_, _ = io.Copy(to, from)
		_ = closeWrite(to)
	})
	if limit >= 0 {
		// The first byte of the answer tells that the request has been served.
		first := make([]byte, 1)
		if n, _ := to.Read(first); n == 1 {
			c.cuts.Add(1)
			if limit > 0 {
				_, _ = from.Write(first)
				_, _ = io.CopyN(from, to, limit-1)
			}
		}
	} else {
		_, _ = io.Copy(from, to)
	}
	_ = to.Close()
	_ = from.Close()
	request.Wait()
}

func closeWrite(c net.Conn) error {
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return c.Close()
}
