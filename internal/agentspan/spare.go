package agentspan

// maxSpare is how many of each are kept for the next ones.
const maxSpare = 128

// spare is what was used and can be used again: most of what a call takes, which is
// there for a moment only.
type spare struct {
	spans []*Span
	calls []*node
	attrs [][]Attr
}

// span returns an empty span.
func (p *spare) span() *Span {
	if s, ok := pop(&p.spans); ok {
		return s
	}
	return new(Span)
}

// call returns an empty node.
func (p *spare) call() *node {
	if n, ok := pop(&p.calls); ok {
		return n
	}
	return new(node)
}

// list returns an empty list of attributes with room for some.
func (p *spare) list(room int) []Attr {
	if l, ok := pop(&p.attrs); ok {
		return l
	}
	return make([]Attr, 0, room)
}

// usedSpan takes back a span that nobody uses any more, with its attributes.
func (p *spare) usedSpan(s *Span) {
	if cap(s.Attrs) > 0 {
		clear(s.Attrs)
		push(&p.attrs, s.Attrs[:0])
	}
	*s = Span{}
	push(&p.spans, s)
}

// usedCall takes back the node of a call.
func (p *spare) usedCall(n *node) {
	*n = node{}
	push(&p.calls, n)
}

func pop[T any](list *[]T) (last T, ok bool) {
	l := *list
	if len(l) == 0 {
		return last, false
	}
	last, *list = l[len(l)-1], l[:len(l)-1]
	return last, true
}

func push[T any](list *[]T, x T) {
	if len(*list) < maxSpare {
		*list = append(*list, x)
	}
}
