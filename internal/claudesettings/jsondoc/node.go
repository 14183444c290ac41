package jsondoc

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Kind is what a value is.
type Kind string

// The kinds of values, as an error message names them.
const (
	Object Kind = "an object"
	Array  Kind = "an array"
	String Kind = "a string"
	Number Kind = "a number"
	Bool   Kind = "a boolean"
	Null   Kind = "null"
)

// Node is one value.
type Node struct {
	raw   string // its text, until it is taken apart
	open  bool   // taken apart: items and inner hold, raw does not
	kind  Kind   // once taken apart
	items []*Item
	inner string // white space of an empty container
}

// Item is an element of an array or a member of an object.
type Item struct {
	Value *Node
	lead  string // white space before
	key   string // the key's literal; "" in an array
	sep   string // from the key to the value: the colon and its white space
	trail string // white space after
}

// Kind returns what the value is.
func (n *Node) Kind() Kind {
	if n.open {
		return n.kind
	}
	switch n.raw[0] {
	case '{':
		return Object
	case '[':
		return Array
	case '"':
		return String
	case 't', 'f':
		return Bool
	case 'n':
		return Null
	default:
		return Number
	}
}

// Items returns the elements or members; none for a scalar.
func (n *Node) Items() []*Item {
	n.takeApart()
	return n.items
}

// Get returns the member of an object named key, nil without one. Of several
// the last counts, as in Claude Code.
func (n *Node) Get(key string) *Node {
	if n.Kind() != Object {
		return nil
	}
	var found *Node
	for _, it := range n.Items() {
		if it.Key() == key {
			found = it.Value
		}
	}
	return found
}

// Repeated returns a key that an object holds twice.
func (n *Node) Repeated() (key string, found bool) {
	seen := make(map[string]bool, len(n.Items()))
	for _, it := range n.Items() {
		k := it.Key()
		if it.key != "" && seen[k] {
			return k, true
		}
		seen[k] = true
	}
	return "", false
}

// Key returns a member's name; "" in an array.
func (it *Item) Key() string {
	var s string
	if it.key == "" || json.Unmarshal([]byte(it.key), &s) != nil {
		return ""
	}
	return s
}

// Decode stores the value in v, as json.Unmarshal does.
func (n *Node) Decode(v any) error {
	if err := json.Unmarshal([]byte(n.text()), v); err != nil {
		return fmt.Errorf("decode JSON value: %w", err)
	}
	return nil
}

func (n *Node) text() string {
	if !n.open {
		return n.raw
	}
	var b strings.Builder
	n.write(&b)
	return b.String()
}

func (n *Node) write(b *strings.Builder) {
	if !n.open {
		b.WriteString(n.raw)
		return
	}
	brackets := "{}"
	if n.kind == Array {
		brackets = "[]"
	}
	b.WriteByte(brackets[0])
	b.WriteString(n.inner)
	for i, it := range n.items {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(it.lead)
		b.WriteString(it.key)
		b.WriteString(it.sep)
		it.Value.write(b)
		b.WriteString(it.trail)
	}
	b.WriteByte(brackets[1])
}
