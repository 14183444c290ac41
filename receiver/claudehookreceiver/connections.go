package claudehookreceiver

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// Bounds of the connections of one listener.
const (
	maxConnections = 256
	// busyLeast is how long a connection may work on a request before it can be
	// closed in favour of a new one. Honest hooks need a tenth of it.
	busyLeast = 2 * time.Second
)

// connections bounds a server's connections. When there are too many, the one
// that has been idle for longest goes: somebody who opens them all must not keep
// hooks out.
type connections struct {
	mu   sync.Mutex
	most int
	open map[net.Conn]*connection
}

type connection struct {
	busy  bool
	since time.Time
}

func newConnections(most int) *connections {
	return &connections{most: most, open: map[net.Conn]*connection{}}
}

// changed is the server's ConnState.
func (c *connections) changed(conn net.Conn, state http.ConnState) {
	if surplus := c.note(conn, state); surplus != nil {
		_ = surplus.Close() // its reader sees it
	}
}

// note keeps what is known of a connection, and returns the one that has to go, if any.
func (c *connections) note(conn net.Conn, state http.ConnState) (surplus net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch state {
	case http.StateClosed, http.StateHijacked:
		delete(c.open, conn)
		return nil
	case http.StateNew, http.StateIdle, http.StateActive:
	}
	now := time.Now()
	if known := c.open[conn]; known != nil { // as nearly always: a request begins, or is done
		known.busy, known.since = state == http.StateActive, now
		return nil
	}
	if len(c.open) >= c.most {
		if surplus = c.leastUseful(now); surplus == nil {
			return conn
		}
		delete(c.open, surplus)
	}
	c.open[conn] = &connection{busy: state == http.StateActive, since: now}
	return surplus
}

// leastUseful returns the connection that may go first, or nil when all are at
// work for a short time only.
func (c *connections) leastUseful(now time.Time) (least net.Conn) {
	var found *connection
	for conn, at := range c.open {
		if at.busy && now.Sub(at.since) < busyLeast {
			continue
		}
		if least == nil || found.busy && !at.busy || found.busy == at.busy && at.since.Before(found.since) {
			least, found = conn, at
		}
	}
	return least
}

// gate counts what is under way, and lets nothing more in once it is closed.
type gate struct {
	mu     sync.Mutex
	closed bool
	inside sync.WaitGroup
}

// enter reports whether the caller may go on; it then calls leave.
func (g *gate) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return false
	}
	g.inside.Add(1)
	return true
}

func (g *gate) leave() { g.inside.Done() }

// close waits for all that entered.
func (g *gate) close() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.inside.Wait()
}
