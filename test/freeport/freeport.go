// Package freeport finds TCP ports for tests whose servers stop and start again.
// The kernel's own choice will not do: it comes from the range that outgoing
// connections are given, and one of those may have the port when the server
// comes back.
package freeport

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
)

// Below the ranges that Linux (32768) and macOS (49152) take for connections.
const (
	lowest  = 10_000
	highest = 32_000
	tries   = 200
)

// given are the ports that were found before: their servers may not run yet.
var (
	mu    sync.Mutex
	given = map[int]bool{}
)

var errNone = errors.New("no free port found")

// Find returns n ports of loopback that nobody listens on now, and that this
// process was not given before.
func Find(n int) ([]int, error) {
	mu.Lock()
	defer mu.Unlock()
	var ports []int
	for range n {
		port, err := find()
		if err != nil {
			return nil, err
		}
		given[port] = true
		ports = append(ports, port)
	}
	return ports, nil
}

func find() (int, error) {
	last := errors.New("all were given before")
	for range tries {
		port := lowest + rand.IntN(highest-lowest)
		if given[port] {
			continue
		}
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			last = err
			continue
		}
		if err := l.Close(); err != nil {
			return 0, fmt.Errorf("let go of port %d: %w", port, err)
		}
		return port, nil
	}
	return 0, fmt.Errorf("%w: %w", errNone, last)
}
