package claudesettings

import (
	"fmt"

	"github.com/agent-telemetry/agent-telemetry/internal/claudesettings/jsondoc"
)

// found is one of our handlers in a document, with the containers it stands in.
type found struct {
	event   string
	list    *jsondoc.Node // the event's groups
	group   *jsondoc.Item
	hooks   *jsondoc.Node // the group's handlers
	item    *jsondoc.Item
	handler Handler
}

const hooksKey = "hooks"

// walk finds every handler of ours. It returns an error that names the place
// where the document has another shape than hook settings have.
func walk(doc *jsondoc.Doc) ([]found, error) {
	root := doc.Root()
	if root.Kind() != jsondoc.Object {
		return nil, shapeError("the file", root, jsondoc.Object)
	}
	hooks, err := member(root, hooksKey, `the file`, jsondoc.Object)
	if err != nil || hooks == nil {
		return nil, err
	}
	if key, twice := hooks.Repeated(); twice {
		return nil, fmt.Errorf("%q holds the key %q twice", hooksKey, key)
	}
	var all []found
	for _, event := range hooks.Items() {
		list, path := event.Value, hooksKey+"."+event.Key()
		if list.Kind() != jsondoc.Array {
			return nil, shapeError(quote(path), list, jsondoc.Array)
		}
		for i, item := range list.Items() {
			here, err := walkGroup(item, fmt.Sprintf("%s[%d]", path, i))
			if err != nil {
				return nil, err
			}
			for _, f := range here {
				f.event, f.list, f.group = event.Key(), list, item
				all = append(all, f)
			}
		}
	}
	return all, nil
}

func walkGroup(item *jsondoc.Item, path string) ([]found, error) {
	if item.Value.Kind() != jsondoc.Object {
		return nil, shapeError(quote(path), item.Value, jsondoc.Object)
	}
	hooks, err := member(item.Value, hooksKey, quote(path), jsondoc.Array)
	if err != nil || hooks == nil {
		return nil, err
	}
	var all []found
	for i, it := range hooks.Items() {
		if it.Value.Kind() != jsondoc.Object {
			return nil, shapeError(quote(fmt.Sprintf("%s.%s[%d]", path, hooksKey, i)), it.Value, jsondoc.Object)
		}
		h := readHandler(it.Value)
		if ours(h.Type, h.Command, h.URL) {
			all = append(all, found{hooks: hooks, item: it, handler: h})
		}
	}
	return all, nil
}

// readHandler reads what we know of a handler; what has another type than
// expected stays empty.
func readHandler(n *jsondoc.Node) Handler {
	var h Handler
	for key, into := range map[string]any{
		"type": &h.Type, "command": &h.Command, "args": &h.Args,
		"url": &h.URL, "headers": &h.Headers, "timeout": &h.Timeout,
	} {
		if v := n.Get(key); v != nil {
			_ = v.Decode(into) // a foreign handler may hold anything
		}
	}
	return h
}

// member returns the member key of an object, nil without one.
func member(n *jsondoc.Node, key, where string, want jsondoc.Kind) (*jsondoc.Node, error) {
	var value *jsondoc.Node
	for _, it := range n.Items() {
		if it.Key() != key {
			continue
		}
		if value != nil {
			return nil, fmt.Errorf("%s holds the key %q twice", where, key)
		}
		value = it.Value
	}
	if value != nil && value.Kind() != want {
		path := quote(key)
		if where != "the file" {
			path = where + "." + key
		}
		return nil, shapeError(path, value, want)
	}
	return value, nil
}

func shapeError(where string, n *jsondoc.Node, want jsondoc.Kind) error {
	return fmt.Errorf("%s is %s, expected %s", where, n.Kind(), want)
}

func quote(s string) string { return fmt.Sprintf("%q", s) }
