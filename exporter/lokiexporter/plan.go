package lokiexporter

import "time"

// Loki answers a push of several streams with the fate of the last one only:
// what its ingester refused of the others (stream limit, rate of the stream,
// too far behind) is lost without a word. So a stream that may be refused is
// put last in a push of its own; streams that Loki holds already share pushes
// before it.

// part is a run of entries of one stream.
type part struct {
	stream  *stream
	entries []entry
}

// plannedPush is what one request carries.
type plannedPush struct {
	parts []part
	bytes int
	// watched: the last part's stream may be refused.
	watched bool
}

func (p *plannedPush) last() part { return p.parts[len(p.parts)-1] }

func (p *plannedPush) entryCount() int {
	n := 0
	for _, part := range p.parts {
		n += len(part.entries)
	}
	return n
}

// mayBeRefused reports whether the stream's fate must be seen.
func (s *stream) mayBeRefused(now time.Time) bool {
	size := 0
	for i := range s.entries {
		size += s.entries[i].size
	}
	enough := s.state.spend(size, now)
	return !enough || now.Sub(s.state.accepted) > knownFor ||
		s.entries[0].Timestamp.Before(s.state.newest.Add(-lateAfter))
}

// plan distributes the entries of streams over pushes of at most maxBytes. An
// entry larger than that gets a push of its own.
func plan(streams []*stream, maxBytes int, now time.Time) []*plannedPush {
	var pushes []*plannedPush
	next := func(i int) *plannedPush {
		if i == len(pushes) {
			pushes = append(pushes, &plannedPush{})
		}
		return pushes[i]
	}
	var watched []*stream
	at := 0
	for _, s := range streams {
		if s.mayBeRefused(now) {
			watched = append(watched, s)
			continue
		}
		for rest := s.entries; len(rest) > 0; {
			p := next(at)
			var n int
			if n, rest = p.fill(s, rest, maxBytes); n == 0 {
				at++
			}
		}
	}
	// Only forwards, so that the parts of a stream stay in the order of time.
	at = 0
	for _, s := range watched {
		for rest := s.entries; len(rest) > 0; at++ {
			p := next(at)
			var n int
			if n, rest = p.fill(s, rest, maxBytes); n > 0 {
				p.watched = true
			}
		}
	}
	return pushes
}

// fill adds as many entries as there is room for, at least one to an empty push.
func (p *plannedPush) fill(s *stream, entries []entry, maxBytes int) (n int, rest []entry) {
	room := maxBytes - p.bytes - len(s.state.labels) - maxEntryOverhead
	used := 0
	for n < len(entries) && (used+entries[n].size <= room || (n == 0 && len(p.parts) == 0)) {
		used += entries[n].size
		n++
	}
	if n > 0 {
		p.parts = append(p.parts, part{s, entries[:n]})
		p.bytes += used + len(s.state.labels) + maxEntryOverhead
	}
	return n, entries[n:]
}

// halves splits a push that Loki finds too large. Only for more than one entry.
func (p *plannedPush) halves() []*plannedPush {
	half := p.entryCount() / 2
	first, second := &plannedPush{}, &plannedPush{watched: p.watched}
	for _, q := range p.parts {
		n := min(half, len(q.entries))
		half -= n
		if n > 0 {
			first.parts = append(first.parts, part{q.stream, q.entries[:n]})
		}
		if n < len(q.entries) {
			second.parts = append(second.parts, part{q.stream, q.entries[n:]})
		}
	}
	// Where the watched stream itself was split, both halves end with it.
	first.watched = p.watched && first.last().stream == p.last().stream
	return []*plannedPush{first, second}
}
