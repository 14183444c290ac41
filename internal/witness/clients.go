package witness

import (
	"net/netip"
	"sync"

	"golang.org/x/time/rate"
)

// maxClients is how many client addresses are told apart.
const maxClients = 4096

// clients bounds the rate of each client. When there are more than maxClients,
// all begin anew: memory stays bounded, and a limit is never lost for long.
type clients struct {
	limit rate.Limit
	burst int

	mu  sync.Mutex
	all map[netip.Prefix]*rate.Limiter
}

func newClients(limit rate.Limit, burst int) *clients {
	return &clients{limit: limit, burst: burst, all: make(map[netip.Prefix]*rate.Limiter)}
}

// allow reports whether the client may ask now. The addresses of one IPv6
// network count as one.
func (c *clients) allow(host string) bool {
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	bits := 64
	if addr = addr.Unmap(); addr.Is4() {
		bits = 32
	}
	who, err := addr.WithZone("").Prefix(bits)
	if err != nil {
		return false
	}
	c.mu.Lock()
	l := c.all[who]
	if l == nil {
		if len(c.all) >= maxClients {
			clear(c.all)
		}
		l = rate.NewLimiter(c.limit, c.burst)
		c.all[who] = l
	}
	c.mu.Unlock()
	return l.Allow()
}
