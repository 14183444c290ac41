package claudesettings

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/agent-telemetry/agent-telemetry/internal/claudesettings/jsondoc"
)

// Change says what Register or Unregister did to a document.
type Change struct {
	Added   []string // events that got a handler
	Removed []string // events that lost one; one that is replaced stands in both
	// EmptyBefore names the containers that stood empty before Register filled
	// them: "hooks", or an event. Unregister leaves those in place.
	EmptyBefore []string
}

// Changed reports whether the document is another one than before.
func (c Change) Changed() bool { return len(c.Added)+len(c.Removed) > 0 }

// Register puts the plan's handlers into doc and takes out handlers of ours
// that the plan does not have. Everything else stays as it was written. On an
// error the document is to be thrown away.
func Register(doc *jsondoc.Doc, plan Plan) (Change, error) {
	var change Change
	have, err := walk(doc)
	if err != nil {
		return change, err
	}
	hooks := doc.Root().Get(hooksKey)
	if hooks == nil {
		if hooks, err = doc.Append(doc.Root(), 0, hooksKey, struct{}{}); err != nil {
			return change, fmt.Errorf("add hooks: %w", err)
		}
	} else if len(hooks.Items()) == 0 {
		change.EmptyBefore = append(change.EmptyBefore, hooksKey)
	}
	var stale []found
	settled := make(map[string]bool)
	for _, f := range have {
		if !settled[f.event] && f.equals(plan) {
			settled[f.event] = true
		} else {
			stale = append(stale, f)
		}
	}
	for _, e := range Events() {
		if settled[e.Name] {
			continue
		}
		list := hooks.Get(e.Name)
		if list == nil {
			if list, err = doc.Append(hooks, 1, e.Name, []struct{}{}); err != nil {
				return change, fmt.Errorf("add hooks.%s: %w", e.Name, err)
			}
		} else if len(list.Items()) == 0 {
			change.EmptyBefore = append(change.EmptyBefore, e.Name)
		}
		if _, err := doc.Append(list, 2, "", plan.group(e)); err != nil {
			return change, fmt.Errorf("add hooks.%s: %w", e.Name, err)
		}
		change.Added = append(change.Added, e.Name)
	}
	// Last, so that no container of the user's runs empty in between.
	change.Removed = remove(doc, stale, nil)
	return change, nil
}

// Unregister takes every handler of ours out of doc, and the containers that
// this leaves empty except those in keepEmpty (see Change.EmptyBefore).
func Unregister(doc *jsondoc.Doc, keepEmpty []string) (Change, error) {
	have, err := walk(doc)
	if err != nil {
		return Change{}, err
	}
	return Change{Removed: remove(doc, have, keepEmpty)}, nil
}

func remove(doc *jsondoc.Doc, gone []found, keepEmpty []string) []string {
	var events []string
	for _, f := range gone {
		events = appendNew(events, f.event)
	}
	for _, f := range slices.Backward(gone) {
		f.hooks.Remove(f.item)
		if len(f.hooks.Items()) == 0 {
			f.list.Remove(f.group)
		}
	}
	root := doc.Root()
	hooks := root.Get(hooksKey)
	for _, event := range events {
		dropEmpty(hooks, event, keepEmpty)
	}
	if len(events) > 0 {
		dropEmpty(root, hooksKey, keepEmpty)
	}
	return events
}

// dropEmpty removes the member key of n when it is an empty container.
func dropEmpty(n *jsondoc.Node, key string, keepEmpty []string) {
	if slices.Contains(keepEmpty, key) {
		return
	}
	for _, it := range n.Items() {
		if it.Key() == key && len(it.Value.Items()) == 0 {
			n.Remove(it)
			return
		}
	}
}

// equals reports whether f is what the plan has for its event.
func (f found) equals(plan Plan) bool {
	i := slices.IndexFunc(Events(), func(e Event) bool { return e.Name == f.event })
	if i < 0 {
		return false
	}
	want := plan.group(Events()[i])
	var matcher string
	if m := f.group.Value.Get("matcher"); m != nil && m.Decode(&matcher) != nil {
		return false
	}
	return matcher == want.Matcher && sameJSON(f.item.Value, want.Hooks[0])
}

func sameJSON(n *jsondoc.Node, v any) bool {
	var got, want any
	text, err := json.Marshal(v)
	if err != nil || json.Unmarshal(text, &want) != nil || n.Decode(&got) != nil {
		return false
	}
	return reflect.DeepEqual(got, want)
}
