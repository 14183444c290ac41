package secretredactionprocessor

import (
	"sync"
	"sync/atomic"

	"github.com/agent-telemetry/agent-telemetry/internal/redact"
)

// Bounds of the names that are remembered.
const (
	maxNames    = 4096
	maxNameSize = 64 // bytes
)

// names remembers names of attributes and fields that have no secret in them:
// records of one kind have the same names.
type names struct {
	known sync.Map // of a name: whether its value is secret
	count atomic.Int64
}

// secret reports whether the value under a name is secret.
func (n *names) secret(name string) bool {
	if v, ok := n.known.Load(name); ok {
		return v.(bool)
	}
	return redact.Named(name)
}

// clean reports whether a name is known to have no secret in it.
func (n *names) clean(name string) bool {
	_, ok := n.known.Load(name)
	return ok
}

// add remembers a name that has no secret in it.
func (n *names) add(name string) {
	if len(name) > maxNameSize || n.count.Load() >= maxNames {
		return
	}
	if _, loaded := n.known.LoadOrStore(name, redact.Named(name)); !loaded {
		n.count.Add(1)
	}
}
