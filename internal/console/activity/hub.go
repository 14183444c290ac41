package activity

import (
	"sync"
	"time"
)

// Hub lets a feed fill a State while a screen looks at it. Nothing is queued
// between them: a screen that is slow misses frames, and holds up no feed for
// longer than a look takes.
type Hub struct {
	mu      sync.Mutex
	state   *State
	changed chan struct{}
	now     func() time.Time
}

// NewHub returns a Hub of an empty State.
func NewHub(since time.Time, now func() time.Time) *Hub {
	return &Hub{state: NewState(since), changed: make(chan struct{}, 1), now: now}
}

// Apply takes in an event.
func (h *Hub) Apply(e *Event) {
	h.change(func(s *State) { s.Apply(e, h.now()) })
}

// Skip tells that n records were passed over.
func (h *Hub) Skip(n uint64) { h.change(func(s *State) { s.Skip(n) }) }

// Notice sets what the person should know of the source; "" for nothing.
func (h *Hub) Notice(text string) { h.change(func(s *State) { s.Notice(text) }) }

// Since says from when on events are shown, when that is later than was asked for.
func (h *Hub) Since(t time.Time) { h.change(func(s *State) { s.Since = t }) }

func (h *Hub) change(fn func(*State)) {
	h.mu.Lock()
	fn(h.state)
	h.mu.Unlock()
	select {
	case h.changed <- struct{}{}:
	default:
	}
}

// Look calls fn with the state, which it must not keep.
func (h *Hub) Look(fn func(*State)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	fn(h.state)
}

// Changed gets a value when something changed since the last one was taken.
func (h *Hub) Changed() <-chan struct{} { return h.changed }
