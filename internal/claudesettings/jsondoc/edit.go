package jsondoc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Append adds a value at the end of an array (key "") or object that stands
// depth levels below the root (the root itself is 0), indented like the
// document. It returns the new value.
func (d *Doc) Append(to *Node, depth int, key string, v any) (*Node, error) {
	if k := to.Kind(); (key == "" && k != Array) || (key != "" && k != Object) {
		return nil, fmt.Errorf("append to %s", k)
	}
	margin := strings.Repeat(d.indent, depth+1)
	raw, err := marshal(v, margin, d.indent)
	if err != nil {
		return nil, err
	}
	it := &Item{lead: "\n" + margin, Value: &Node{raw: raw}, trail: "\n" + strings.Repeat(d.indent, depth)}
	if key != "" {
		if it.key, err = marshal(key, "", ""); err != nil {
			return nil, err
		}
		it.sep = ": "
	}
	to.takeApart()
	if n := len(to.items); n > 0 {
		to.items[n-1].trail = ""
	}
	to.inner = ""
	to.items = append(to.items, it)
	return it.Value, nil
}

// Remove takes an item out of the container n. Of many, the last is best
// removed first.
func (n *Node) Remove(it *Item) {
	for i := len(n.Items()) - 1; i >= 0; i-- {
		if n.items[i] != it {
			continue
		}
		n.items = slices.Delete(n.items, i, i+1)
		if last := len(n.items) - 1; i > last && last >= 0 {
			// The closing bracket goes where the rest of the container is
			// written: on a line of its own, or on that of the last item.
			n.items[last].trail = ""
			if strings.Contains(n.items[last].lead, "\n") {
				n.items[last].trail = it.trail
			}
		}
		return
	}
}

// marshal encodes v without HTML escapes.
func marshal(v any, prefix, indent string) (string, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent(prefix, indent)
	if err := enc.Encode(v); err != nil {
		return "", fmt.Errorf("encode JSON value: %w", err)
	}
	return strings.TrimSuffix(buf.String(), "\n"), nil
}
