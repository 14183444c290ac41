package secretredactionprocessor

import (
	"maps"
	"sync"
	"sync/atomic"

	"github.com/agent-telemetry/agent-telemetry/internal/redact"
)

// Bounds of the names that are remembered.
const (
	maxNames    = 1024
	maxNameSize = 64 // bytes
)

// names remembers names of attributes and fields that have no secret in them:
// records of one kind have the same names. They are read for every value, and soon no
// new one comes, so each new one makes a new map.
type names struct {
	known  atomic.Pointer[map[string]bool] // of a name: whether its value is secret
	adding sync.Mutex
}

// look returns whether the value under a name is secret, and whether the name is known to
// have no secret in it.
func (n *names) look(name string) (secret, clean bool) {
	if known := n.known.Load(); known != nil {
		if secret, clean = (*known)[name]; clean {
			return secret, true
		}
	}
	return redact.Named(name), false
}

// add remembers a name that has no secret in it.
func (n *names) add(name string) {
	if len(name) > maxNameSize {
		return
	}
	n.adding.Lock()
	defer n.adding.Unlock()
	known := map[string]bool{}
	if before := n.known.Load(); before != nil {
		if len(*before) >= maxNames {
			return
		}
		known = maps.Clone(*before)
	}
	known[name] = redact.Named(name)
	n.known.Store(&known)
}
