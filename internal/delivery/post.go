// Package delivery hands one OTLP/HTTP request to a collector on this host. It
// speaks the little HTTP/1.1 that this needs by itself: net/http alone would
// double the start-up time of a process that lives for three milliseconds.
package delivery

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
)

// Bounds of an answer.
const (
	maxStatusLine = 256
	maxAnswer     = 8 << 10
)

// ErrNotAcknowledged says that the receiver answered something other than
// success: the request must be kept.
var ErrNotAcknowledged = errors.New("receiver did not acknowledge the request")

// Post sends body and returns nil only when the receiver has acknowledged it
// with a 2xx status. It gives up when ctx is done; ctx should have a deadline.
func Post(ctx context.Context, t Target, contentType string, body []byte) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, t.Network, t.Address)
	if err != nil {
		return fmt.Errorf("connect to collector: %w", err)
	}
	defer conn.Close() //nolint:errcheck // the answer has been read
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return fmt.Errorf("set deadline: %w", err)
		}
	}
	request := net.Buffers{header(t, contentType, len(body)), body}
	if _, err := request.WriteTo(conn); err != nil {
		return fmt.Errorf("send request: %w", err)
	}
	return answer(conn)
}

func header(t Target, contentType string, length int) []byte {
	var b bytes.Buffer
	b.Grow(256)
	for _, s := range []string{
		"POST ", t.Path, " HTTP/1.1\r\nHost: ", t.Host, "\r\nUser-Agent: claude-hook\r\nConnection: close\r\nContent-Type: ",
		contentType, "\r\nContent-Length: ", strconv.Itoa(length), "\r\n",
	} {
		b.WriteString(s)
	}
	if t.Token != "" && !strings.ContainsAny(t.Token, "\r\n") {
		b.WriteString("Authorization: Bearer ")
		b.WriteString(t.Token)
		b.WriteString("\r\n")
	}
	b.WriteString("\r\n")
	return b.Bytes()
}

// answer reads the status, and looks into the body of a success only far enough
// to see whether the receiver rejected the record all the same.
func answer(conn io.Reader) error {
	r := bufio.NewReaderSize(io.LimitReader(conn, maxAnswer), maxStatusLine)
	line, err := r.ReadSlice('\n')
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	fields := bytes.Fields(line)
	if len(fields) < 2 || !bytes.HasPrefix(fields[0], []byte("HTTP/1.")) || len(fields[1]) != 3 {
		return fmt.Errorf("%w: it does not speak HTTP/1.1", ErrNotAcknowledged)
	}
	if fields[1][0] != '2' {
		return fmt.Errorf("%w: status %s", ErrNotAcknowledged, fields[1])
	}
	if string(fields[1]) == "204" {
		return nil
	}
	rest, err := body(r)
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if rejected(rest) {
		return fmt.Errorf("%w: it rejected the record", ErrNotAcknowledged)
	}
	return nil
}

// body reads what stands behind the status line. Where the header tells the
// length, it does not wait for the receiver to close the connection.
func body(r *bufio.Reader) ([]byte, error) {
	length := int64(-1)
	for {
		line, err := r.ReadSlice('\n')
		if errors.Is(err, io.EOF) {
			return line, nil // no body at all, or no HTTP: there is nothing in it to reject
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
		name, value, _ := bytes.Cut(bytes.TrimSpace(line), []byte(":"))
		if len(name) == 0 && err == nil {
			break
		}
		if bytes.EqualFold(name, []byte("Content-Length")) {
			if n, err := strconv.ParseInt(string(bytes.TrimSpace(value)), 10, 64); err == nil && n >= 0 {
				length = n
			}
		}
	}
	if length < 0 {
		return io.ReadAll(r)
	}
	return io.ReadAll(io.LimitReader(r, length))
}

// rejected looks for a partial success with rejected records in an OTLP JSON
// answer; the number is a string in the JSON mapping, but not for everyone.
func rejected(answer []byte) bool {
	_, rest, ok := bytes.Cut(answer, []byte(`"rejectedLogRecords":`))
	if !ok {
		return false
	}
	rest = bytes.TrimLeft(rest, " \"")
	return len(rest) > 0 && rest[0] >= '1' && rest[0] <= '9'
}
