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
)

// Below the ranges that Linux (32768) and macOS (49152) take for connections.
const (
	lowest  = 10_000
	highest = 32_000
	tries   = 200
)

var errNone = errors.New("no free port found")

// Find returns n different ports of loopback that nobody listens on now.
func Find(n int) ([]int, error) {
	var ports []int
	for range n {
		l, err := listen()
		if err != nil {
			return nil, err
		}
		defer l.Close() // held until all are found, so that they differ
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}

func listen() (net.Listener, error) {
	var last error
	for range tries {
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(lowest+rand.IntN(highest-lowest))))
		if err == nil {
			return l, nil
		}
		last = err
	}
	return nil, fmt.Errorf("%w: %w", errNone, last)
}
