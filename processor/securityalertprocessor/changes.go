package securityalertprocessor

import (
	"maps"
	"sync"
)

// maxChanges bounds the changes that wait to be told.
const maxChanges = 200

// changeList hands changes from the goroutine that looks to the one that tells, and
// keeps what was seen last, for the state file.
type changeList struct {
	mu      sync.Mutex
	list    []change
	last    conditions
	changed bool
}

func (l *changeList) put(c change) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.list) < maxChanges {
		l.list = append(l.list, c)
	}
}

func (l *changeList) take() []change {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := l.list
	l.list = nil
	return out
}

// keep notes what was seen.
func (l *changeList) keep(c conditions) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.changed = l.changed || !maps.Equal(l.last, c)
	l.last = c
}

func (l *changeList) seen() conditions {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

// dirty reports whether something new was seen since it was last asked.
func (l *changeList) dirty() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.changed
	l.changed = false
	return c
}
