package lokiexporter

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/grafana/loki/pkg/push"
)

// stream is the entries of one batch that have the same labels.
type stream struct {
	key     string   // the label values, joined
	values  []string // by the index of the label
	labels  string   // as Loki writes them: {a="b", c="d"}
	entries []entry
	drafts  int // entries that it will have
	state   *streamState
}

// entry is a push entry and the record it was made from.
type entry struct {
	push.Entry
	record int // index of the record in the batch
	size   int // upper bound of what it adds to a push, bytes
}

// sortEntries brings the entries into the order of time. Entries of the same
// time keep the order they came in.
func (s *stream) sortEntries() {
	byTime := func(a, b entry) int { return a.Timestamp.Compare(b.Timestamp) }
	if !slices.IsSortedFunc(s.entries, byTime) {
		slices.SortStableFunc(s.entries, byTime)
	}
}

// appendKey appends label values so that different ones never give the same key.
func appendKey(dst []byte, values []string) []byte {
	for _, value := range values {
		dst = strconv.AppendInt(dst, int64(len(value)), 36)
		dst = append(dst, ':')
		dst = append(dst, value...)
	}
	return dst
}

// splitKey returns the label values of a key. They are parts of it, so that they hold
// nothing of the record.
func splitKey(key string) (values []string) {
	for key != "" {
		digits, rest, _ := strings.Cut(key, ":")
		n, err := strconv.ParseInt(digits, 36, 0)
		if err != nil || int(n) > len(rest) {
			return nil // no key
		}
		values, key = append(values, rest[:n]), rest[n:]
	}
	return values
}

// formatLabels writes names and values, which must be in the order of the
// names, in Loki's notation. Labels without a value are left out.
func formatLabels(names, values []string) string {
	var b strings.Builder
	b.WriteByte('{')
	for i, name := range names {
		if values[i] == "" { //nolint:gosec // as many values as names
			continue
		}
		if b.Len() > 1 {
			b.WriteString(", ")
		}
		b.WriteString(name)
		b.WriteByte('=')
		b.WriteString(strconv.Quote(values[i])) //nolint:gosec // see above
	}
	b.WriteByte('}')
	return b.String()
}

// What the exporter remembers of a stream, and for how long.
const (
	// knownFor: Loki holds a stream in memory at least as long after a push.
	knownFor = time.Minute
	// overflowFor: how long a refused stream goes to the overflow stream
	// without trying again.
	overflowFor = 5 * time.Minute
	// lateAfter: an entry so much older than its stream's newest may be too
	// far behind.
	lateAfter = 5 * time.Minute
	// A stream above this rate may be above Loki's (3 MB/s, burst 15 MB).
	streamRate  = 2 << 20 // bytes per second
	streamBurst = 8 << 20
)

// streamState is what is known of a stream from earlier pushes.
type streamState struct {
	key           string
	values        []string
	labels        string
	used          time.Time // last batch it was part of
	accepted      time.Time // last push that Loki is known to have taken
	overflowUntil time.Time // refused by the stream limit
	newest        time.Time // newest entry pushed
	spent         float64   // bytes of the rate that are used up
	spentAt       time.Time
}

// spend takes bytes from the stream's rate and reports whether there were enough.
func (s *streamState) spend(bytes int, now time.Time) bool {
	s.spent = max(0, s.spent-now.Sub(s.spentAt).Seconds()*streamRate)
	s.spentAt = now
	s.spent += float64(bytes)
	return s.spent <= streamBurst
}

// streamTable remembers streams, a bounded number of them.
type streamTable struct {
	max     int           // streams after which it is crowded
	idle    time.Duration // after which an unused stream is forgotten
	streams map[string]*streamState
	swept   time.Time
}

func newStreamTable(limit int, idle time.Duration) *streamTable {
	return &streamTable{max: limit, idle: max(idle, knownFor, overflowFor), streams: make(map[string]*streamState)}
}

// find returns the state of a stream, nil when nothing is remembered.
func (t *streamTable) find(key []byte) *streamState { return t.streams[string(key)] }

// crowded reports whether a stream that can be avoided should be.
func (t *streamTable) crowded(now time.Time) bool { return t.size(now, t.max) >= t.max }

// get returns the state of a stream, a new one when nothing is remembered.
// New states beyond twice the bound are not kept: such streams stay new.
func (t *streamTable) get(key []byte, now time.Time, labels func() string) *streamState {
	if state := t.find(key); state != nil {
		state.used = now
		return state
	}
	state := &streamState{key: string(key), labels: labels(), used: now}
	state.values = splitKey(state.key)
	if t.size(now, 2*t.max) < 2*t.max {
		t.streams[state.key] = state
	}
	return state
}

// size is the number of streams. When that is the limit or more, idle streams
// are forgotten first, at most once a second.
func (t *streamTable) size(now time.Time, limit int) int {
	if len(t.streams) >= limit && now.Sub(t.swept) >= time.Second {
		t.swept = now
		for key, state := range t.streams {
			if now.Sub(state.used) > t.idle {
				delete(t.streams, key)
			}
		}
	}
	return len(t.streams)
}
