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

// formatLabels writes names and values, which must be in the order of the
// names, in Loki's notation. Labels without a value are left out.
func formatLabels(names, values []string) string {
	var b strings.Builder
	b.WriteByte('{')
	for i, name := range names {
		if values[i] == "" {
			continue
		}
		if b.Len() > 1 {
			b.WriteString(", ")
		}
		b.WriteString(name)
		b.WriteByte('=')
		b.WriteString(strconv.Quote(values[i]))
	}
	b.WriteByte('}')
	return b.String()
}

// What the exporter remembers of a stream, and for how long.
const (
	maxStreams = 50_000
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
	streams map[string]*streamState
	swept   time.Time
}

func newStreamTable() *streamTable {
	return &streamTable{streams: make(map[string]*streamState)}
}

// get returns the state of a stream, a new one when nothing is remembered.
// New states beyond the bound are not kept: such streams are always new.
func (t *streamTable) get(key []byte, now time.Time, labels func() string) *streamState {
	if state := t.streams[string(key)]; state != nil {
		state.used = now
		return state
	}
	state := &streamState{labels: labels(), used: now}
	if len(t.streams) < maxStreams || t.sweep(now) {
		t.streams[string(key)] = state
	}
	return state
}

func (t *streamTable) sweep(now time.Time) bool {
	if now.Sub(t.swept) < time.Second {
		return false
	}
	t.swept = now
	for key, state := range t.streams {
		if now.Sub(state.used) > max(knownFor, overflowFor) {
			delete(t.streams, key)
		}
	}
	return len(t.streams) < maxStreams
}
