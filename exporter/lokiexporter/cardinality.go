package lokiexporter

import (
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// overflowValue stands for label values beyond the limits.
const overflowValue = semconv.LabelOverflow

// valueSet bounds the distinct values of one label, and so its memory. A value
// that was not seen for a while makes room for others.
type valueSet struct {
	max      int
	idle     time.Duration
	lastSeen map[string]time.Time
	swept    time.Time
}

func newValueSet(limit int, idle time.Duration) *valueSet {
	return &valueSet{max: limit, idle: idle, lastSeen: make(map[string]time.Time)}
}

// admit reports whether value is one of the label's values now.
func (s *valueSet) admit(value string, now time.Time) bool {
	if seen, found := s.lastSeen[value]; found {
		if now.Sub(seen) > s.idle/16 { // a map write per record would cost more than it tells
			s.lastSeen[value] = now
		}
		return true
	}
	if len(s.lastSeen) >= s.max && !s.sweep(now) {
		return false
	}
	s.lastSeen[strings.Clone(value)] = now
	return true
}

// sweep forgets idle values, at most once a second, and reports whether there
// is room.
func (s *valueSet) sweep(now time.Time) bool {
	if now.Sub(s.swept) < time.Second {
		return false
	}
	s.swept = now
	for value, seen := range s.lastSeen {
		if now.Sub(seen) > s.idle {
			delete(s.lastSeen, value)
		}
	}
	return len(s.lastSeen) < s.max
}
