package secretredactionprocessor

import (
	"maps"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/agent-telemetry/agent-telemetry/internal/redact"
	"github.com/agent-telemetry/agent-telemetry/internal/secretscan"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Bounds of the names that are remembered.
const (
	maxNames    = 1024
	maxNameSize = 64 // bytes
)

// paths are the names of values that are names of files.
var paths = map[string]bool{
	semconv.FilePath: true, semconv.ProjectPath: true, semconv.ProjectName: true,
	"file_path": true, "notebook_path": true, "project_path": true, "project_name": true, "search_path": true, "path": true,
	"cwd": true, "transcript_path": true, "agent_transcript_path": true,
}

// kind is what the value under a name is.
type kind struct {
	secret bool
	mode   secretscan.Mode
}

func kindOf(text string) kind {
	k := kind{secret: redact.Named(text), mode: secretscan.Text}
	if paths[text] {
		k.mode = secretscan.Path
	}
	return k
}

// name is the name of an attribute or field that has no secret in it.
type name struct {
	text string
	kind kind
	// next has names that were seen behind this one. Records of one kind have the same
	// names in the same order, so the next is found without a look into a table. Once set
	// they stay: most names are followed by few others.
	next [4]atomic.Pointer[name]
}

// names remembers names that have no secret in them. They are read for every value, and
// soon no new one comes, so each new one makes a new map.
type names struct {
	first  name // stands before all others
	known  atomic.Pointer[map[string]*name]
	adding sync.Mutex
}

// after returns what is known of a name that was seen behind last; nil when it is not
// known to have no secret in it.
func (n *names) after(last *name, text string) *name {
	for i := range last.next {
		next := last.next[i].Load()
		if next == nil {
			break
		}
		if next.text == text {
			return next
		}
	}
	known := n.known.Load()
	if known == nil {
		return nil
	}
	found := (*known)[text]
	if found != nil {
		for i := range last.next {
			if last.next[i].Load() == nil && last.next[i].CompareAndSwap(nil, found) {
				break
			}
		}
	}
	return found
}

// add remembers a name that has no secret in it.
func (n *names) add(text string) {
	if len(text) > maxNameSize {
		return
	}
	n.adding.Lock()
	defer n.adding.Unlock()
	known := map[string]*name{}
	if before := n.known.Load(); before != nil {
		if len(*before) >= maxNames || (*before)[text] != nil {
			return
		}
		known = maps.Clone(*before)
	}
	text = strings.Clone(text) // it may be a part of a whole request
	known[text] = &name{text: text, kind: kindOf(text)}
	n.known.Store(&known)
}
