//go:build !linux

package delivery

import (
	"net"
	"time"
)

func dialUnix(path string, deadline time.Time) (conn, error) {
	c, err := (&net.Dialer{Deadline: deadline}).Dial(networkUnix, path)
	if err != nil {
		return nil, err
	}
	return c, nil
}
