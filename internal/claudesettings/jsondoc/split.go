package jsondoc

// takeApart splits a container into its items; it leaves a scalar alone. The
// text is valid JSON: Parse has checked it.
func (n *Node) takeApart() {
	kind := n.Kind()
	if n.open || (kind != Object && kind != Array) {
		return
	}
	text := n.raw
	pos := 1
	gap := func() string {
		start := pos
		for isSpace(text[pos]) {
			pos++
		}
		return text[start:pos]
	}
	value := func() string {
		start := pos
		pos = skip(text, pos)
		return text[start:pos]
	}
	n.open, n.kind, n.raw = true, kind, ""
	lead := gap()
	if text[pos] == '}' || text[pos] == ']' {
		n.inner = lead
		return
	}
	for {
		it := &Item{lead: lead}
		if kind == Object {
			it.key = value()
			start := pos
			gap()
			pos++ // the colon
			gap()
			it.sep = text[start:pos]
		}
		it.Value = &Node{raw: value()}
		it.trail = gap()
		n.items = append(n.items, it)
		end := text[pos] != ','
		pos++
		if end {
			return
		}
		lead = gap()
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// skip returns the position after the value that begins at pos. It does not
// recurse: nesting costs nothing.
func skip(text string, pos int) int {
	depth := 0
	for {
		switch text[pos] {
		case '"':
			pos = skipString(text, pos)
		case '{', '[':
			depth++
			pos++
		case '}', ']':
			depth--
			pos++
		case ',', ':', ' ', '\t', '\r', '\n': // only inside a container
			pos++
		default:
			for pos < len(text) && !isSpace(text[pos]) && text[pos] != ',' && text[pos] != '}' && text[pos] != ']' {
				pos++
			}
		}
		if depth == 0 {
			return pos
		}
	}
}

func skipString(text string, pos int) int {
	for pos++; text[pos] != '"'; pos++ {
		if text[pos] == '\\' {
			pos++
		}
	}
	return pos + 1
}
