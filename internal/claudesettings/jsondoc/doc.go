// Package jsondoc edits a JSON document and keeps everything it does not touch
// as it was written: the order of keys, white space, number literals, escapes
// and repeated keys. Containers are taken apart only where they are looked into.
package jsondoc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Doc is a JSON document.
type Doc struct {
	lead, trail string // white space around the value
	root        *Node
	indent      string // one level
}

// SyntaxError says where a text stops being JSON.
type SyntaxError struct {
	Line, Column int // from 1; the column counts bytes
	Reason       string
}

// Error implements error.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%d:%d: not valid JSON: %s", e.Line, e.Column, e.Reason)
}

const space = " \t\r\n"

// Parse reads a document. A text of only white space reads as an empty object.
// It returns a *SyntaxError for anything that is not exactly one JSON value,
// including JSON with comments or trailing commas.
func Parse(data []byte) (*Doc, error) {
	text := string(data)
	body := strings.TrimLeft(text, space)
	if body == "" {
		return &Doc{root: &Node{raw: "{}"}, trail: "\n", indent: "  "}, nil
	}
	// The standard library decides what is valid (and bounds the nesting);
	// everything below may rely on it.
	var check json.RawMessage
	if err := json.Unmarshal(data, &check); err != nil {
		return nil, syntaxError(data, err)
	}
	d := &Doc{lead: text[:len(text)-len(body)]}
	value := strings.TrimRight(body, space)
	d.trail = body[len(value):]
	d.root = &Node{raw: value}
	d.indent = detectIndent(d.root)
	return d, nil
}

func syntaxError(data []byte, err error) error {
	var syn *json.SyntaxError
	if !errors.As(err, &syn) {
		return fmt.Errorf("read JSON: %w", err)
	}
	at := min(max(int(syn.Offset)-1, 0), len(data))
	if strings.Contains(syn.Error(), "unexpected end") {
		at = len(data)
	}
	before := data[:at]
	out := &SyntaxError{
		Line:   bytes.Count(before, []byte("\n")) + 1,
		Column: at - bytes.LastIndexByte(before, '\n'),
		Reason: syn.Error(),
	}
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		out.Reason = "the file begins with a byte order mark"
	case at < len(data) && data[at] == '/', at > 0 && at < len(data) && data[at-1] == '/' && (data[at] == '/' || data[at] == '*'):
		out.Reason = "comments are not allowed"
	}
	return out
}

// Root returns the document's value.
func (d *Doc) Root() *Node { return d.root }

// Bytes returns the document's text.
func (d *Doc) Bytes() []byte {
	var b strings.Builder
	b.WriteString(d.lead)
	d.root.write(&b)
	b.WriteString(d.trail)
	return []byte(b.String())
}

// detectIndent returns what the first member of an object or array is indented by.
func detectIndent(root *Node) string {
	for _, it := range root.Items() {
		if _, after, ok := cutLast(it.lead, "\n"); ok && after != "" {
			return after
		}
	}
	return "  "
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
