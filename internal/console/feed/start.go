package feed

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

// How the start of the recent past is looked for: in front of the log's end, each
// time farther, up to maxHistory.
const (
	firstStep  = 256 << 10
	maxHistory = 64 << 20
	probeBytes = 1 << 20
)

// startOf returns an entry, and where its line begins, such that all that is not
// older than since comes behind it, as far as the log is in the order of time. cut
// says that there is more, but farther away than maxHistory.
func startOf(segments []auditlog.Segment, since time.Time) (next uint64, at auditlog.Place, cut bool) {
	for step := int64(firstStep); ; step *= 4 {
		s, offset, whole := back(segments, min(step, maxHistory))
		seq, line, when, ok := lineBehind(s, offset)
		if ok {
			next, at = seq, auditlog.Place{Segment: s.Index, Offset: line}
		}
		switch {
		case whole, ok && when.Before(since):
			return next, at, false
		case step >= maxHistory:
			return next, at, true
		}
	}
}

// back is the place so many bytes in front of the end; whole says that the log is
// not longer.
func back(segments []auditlog.Segment, n int64) (s auditlog.Segment, offset int64, whole bool) {
	for i := len(segments) - 1; i >= 0; i-- {
		if s = segments[i]; s.Size > n {
			return s, s.Size - n, false
		}
		n -= s.Size
	}
	return segments[0], 0, true
}

// lineBehind finds the first line that begins behind an offset, or at it when it
// is 0: its number, where it begins, and its time. ok is false when there is none
// near.
func lineBehind(s auditlog.Segment, offset int64) (seq uint64, begin int64, when time.Time, ok bool) {
	f, err := safefile.Open(s.Path, os.O_RDONLY)
	if err != nil {
		return 0, 0, time.Time{}, false
	}
	defer f.Close() //nolint:errcheck // only read
	text, err := io.ReadAll(io.NewSectionReader(f, offset, probeBytes))
	if err != nil {
		return 0, 0, time.Time{}, false
	}
	begin = offset
	for first := offset == 0; ; first = false {
		i := bytes.IndexByte(text, '\n')
		if i < 0 {
			return 0, 0, time.Time{}, false
		}
		if first || begin > offset {
			if seq, when, ok = parseHead(text[:i]); ok {
				return seq, begin, when, true
			}
		}
		begin += int64(i) + 1
		text = text[i+1:]
	}
}

// parseHead reads a line's number and time.
func parseHead(line []byte) (seq uint64, when time.Time, ok bool) {
	l, err := auditlog.ParseLine(line)
	if err != nil {
		return 0, time.Time{}, false
	}
	var r struct {
		Time     time.Time `json:"time"`
		Observed time.Time `json:"observed_time"`
	}
	if json.Unmarshal(l.Record, &r) != nil {
		return 0, time.Time{}, false
	}
	// What was spooled is older than what stands around it.
	if when = r.Time; r.Observed.After(when) {
		when = r.Observed
	}
	return l.Seq, when, true
}
