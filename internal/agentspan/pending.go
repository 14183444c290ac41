package agentspan

// Pending returns finished spans that were not delivered, the first first: at most most,
// and about so many bytes.
func (t *Tracker) Pending(most, bytes int) []*Span {
	n := 0
	for n < min(most, len(t.pending)) {
		if bytes -= t.pending[n].size(); bytes < 0 && n > 0 {
			break
		}
		n++
	}
	return t.pending[:n]
}

// Delivered notes that the first n of them were. They are not to be used any more.
func (t *Tracker) Delivered(n int) {
	t.changed = true
	for _, s := range t.pending[:n] {
		t.spare.usedSpan(s)
	}
	clear(t.pending[:n])
	if t.pending = t.pending[n:]; len(t.pending) == 0 {
		t.pending = nil
	}
}
