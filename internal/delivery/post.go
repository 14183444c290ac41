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

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
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
	_, err := exchange(ctx, t, header(t, contentType, len(body)), body, maxStatusLine)
	return err
}

// exchange sends a request and returns what the answer's verdict header says, ""
// without one; it may be there with an error, too. lines is the longest line of the
// answer's header that is read whole.
func exchange(ctx context.Context, t Target, head, body []byte, lines int) (verdict string, err error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, t.Network, t.Address)
	if err != nil {
		return "", fmt.Errorf("connect to collector: %w", err)
	}
	defer conn.Close() //nolint:errcheck // the answer has been read
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return "", fmt.Errorf("set deadline: %w", err)
		}
	}
	request := net.Buffers{head, body}
	if _, err := request.WriteTo(conn); err != nil {
		return "", fmt.Errorf("send request: %w", err)
	}
	return answer(conn, lines)
}

// header is the request's header; more are further lines of it, each with its end.
func header(t Target, contentType string, length int, more ...string) []byte {
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
	for _, s := range more {
		b.WriteString(s)
	}
	b.WriteString("\r\n")
	return b.Bytes()
}

// answer reads the status, and looks into the body of a success only far enough
// to see whether the receiver rejected the record all the same.
func answer(conn io.Reader, lines int) (verdict string, err error) {
	r := bufio.NewReaderSize(io.LimitReader(conn, maxAnswer), lines)
	line, err := r.ReadSlice('\n')
	if err != nil {
		return "", fmt.Errorf("read answer: %w", err)
	}
	fields := bytes.Fields(line)
	if len(fields) < 2 || !bytes.HasPrefix(fields[0], []byte("HTTP/1.")) || len(fields[1]) != 3 {
		return "", fmt.Errorf("%w: it does not speak HTTP/1.1", ErrNotAcknowledged)
	}
	status := string(fields[1])
	h, err := headers(r)
	switch {
	case status[0] != '2':
		return h.verdict, fmt.Errorf("%w: status %s", ErrNotAcknowledged, status)
	case err != nil:
		return h.verdict, fmt.Errorf("read answer: %w", err)
	case status == "204":
		return h.verdict, nil
	}
	var rest []byte
	if h.length < 0 {
		rest, err = io.ReadAll(r)
	} else {
		rest, err = io.ReadAll(io.LimitReader(r, h.length))
	}
	if err != nil {
		return h.verdict, fmt.Errorf("read answer: %w", err)
	}
	if rejected(rest) {
		return h.verdict, fmt.Errorf("%w: it rejected the record", ErrNotAcknowledged)
	}
	return h.verdict, nil
}

// answered is what counts in an answer's header.
type answered struct {
	length  int64 // of the body; below 0 when it ends with the connection
	verdict string
}

// headers reads the header lines. An answer that ends in them has no body; what it
// said until then counts.
func headers(r *bufio.Reader) (answered, error) {
	h := answered{length: -1}
	for {
		line, err := r.ReadSlice('\n')
		if errors.Is(err, io.EOF) {
			return h, nil
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return h, err
		}
		name, value, _ := bytes.Cut(bytes.TrimSpace(line), []byte(":"))
		switch {
		case len(name) == 0 && err == nil:
			return h, nil
		case bytes.EqualFold(name, []byte("Content-Length")):
			if n, err := strconv.ParseInt(string(bytes.TrimSpace(value)), 10, 64); err == nil && n >= 0 {
				h.length = n
			}
		case bytes.EqualFold(name, []byte(semconv.HeaderVerdict)) && err == nil:
			h.verdict = string(bytes.TrimSpace(value))
		}
	}
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
