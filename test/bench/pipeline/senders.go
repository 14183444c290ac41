package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// sendTimeout is far more than any answer takes.
const sendTimeout = 30 * time.Second

// connection is a kept HTTP connection that writes requests without the work of
// a general client, which would take the processors from those measured.
type connection struct {
	conn   net.Conn
	answer *bufio.Reader
	head   string
	buffer []byte
}

func newCollectorSide(name, address, token string, e events, c *collector) *side {
	s := newSide(name, e, connections)
	s.collector = c
	head := "POST /v1/logs HTTP/1.1\r\nHost: " + address + "\r\nContent-Type: application/json\r\n"
	if token != "" {
		head += "Authorization: Bearer " + token + "\r\n"
	}
	s.connect = func() (sender, error) {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			return nil, fmt.Errorf("connect to %s: %w", name, err)
		}
		return &connection{conn: conn, answer: bufio.NewReader(conn), head: head + "Content-Length: "}, nil
	}
	return s
}

func (c *connection) send(body []byte) (time.Duration, error) {
	c.buffer = append(c.buffer[:0], c.head...)
	c.buffer = strconv.AppendInt(c.buffer, int64(len(body)), 10)
	c.buffer = append(append(c.buffer, "\r\n\r\n"...), body...)
	start := time.Now()
	if err := c.conn.SetDeadline(start.Add(sendTimeout)); err != nil {
		return 0, fmt.Errorf("send event: %w", err)
	}
	if _, err := c.conn.Write(c.buffer); err != nil {
		return 0, fmt.Errorf("send event: %w", err)
	}
	resp, err := http.ReadResponse(c.answer, nil)
	if err != nil {
		return 0, fmt.Errorf("read acknowledgement: %w", err)
	}
	text, err := io.ReadAll(resp.Body)
	took := time.Since(start)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return 0, fmt.Errorf("read acknowledgement: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("not acknowledged: %s: %s", resp.Status, text)
	}
	return took, nil
}

func (c *connection) close() error { return c.conn.Close() }

// bare appends to a file and syncs it. The wait for another's sync does not
// count: what is measured is the disk alone.
type bare struct {
	mu   sync.Mutex
	file *os.File
}

func newBareSide(path string, e events) (*side, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the file of the bare program: %w", err)
	}
	s := newSide("bare", e, connections)
	b := &bare{file: file}
	s.connect = func() (sender, error) { return b, nil }
	s.cleanup = file.Close
	return s, nil
}

func (b *bare) send(body []byte) (time.Duration, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	start := time.Now()
	if _, err := b.file.Write(body); err != nil {
		return 0, fmt.Errorf("write event: %w", err)
	}
	if err := syscall.Fdatasync(int(b.file.Fd())); err != nil {
		return 0, fmt.Errorf("sync event: %w", err)
	}
	return time.Since(start), nil
}

func (b *bare) close() error { return nil }
