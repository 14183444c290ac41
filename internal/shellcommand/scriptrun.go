package shellcommand

import "strings"

// dispatch analyses what a call runs.
func (r *scriptReader) dispatch(kind callKind, items []string, lists int) {
	if len(items) == 0 {
		return
	}
	if strings.Trim(items[0], Unknown+" ") == "" && kind != callOpen {
		r.a.opaque(OpaqueInterpreter)
		return
	}
	switch kind {
	case callCode:
		r.a.script(r.k, r.p, items[0])
	case callOpen:
		for i, it := range items {
			switch {
			case it == "-|" || it == "|-":
				r.argv(items[i+1:])
				return
			case strings.HasPrefix(it, "|") || strings.HasSuffix(strings.TrimSpace(it), "|"):
				r.shell(strings.Trim(it, "| "))
				return
			}
		}
	case callJoin:
		r.shell(strings.Join(items, " "))
	case callNamed:
		r.argv(items[1:])
	case callArgv:
		if lists > 0 && len(items) > 1 {
			items = append(items[:1:1], items[2:]...)
		}
		r.argv(items)
	case callExecl:
		if len(items) > 1 {
			items = append(items[:1:1], items[2:]...)
		}
		r.argv(items)
	case callShell:
		if lists > 0 || len(items) > 1 {
			r.argv(items)
			return
		}
		r.shell(items[0])
	}
}

func (r *scriptReader) argv(items []string) {
	if len(items) == 0 || !r.a.step() {
		return
	}
	inner := command{c: r.k.c.within(ViaInterpreter), text: r.k.text, exec: true}
	inner.c.in, inner.c.out = nil, nil
	for _, it := range items {
		inner.argv = append(inner.argv, text(it))
	}
	r.a.run(&inner)
}

func (r *scriptReader) shell(code string) {
	if !r.a.step() {
		return
	}
	c := r.k.fresh(ViaInterpreter)
	c.in, c.out = nil, nil
	r.a.codeOf(c, r.k, field{v: strings.ReplaceAll(code, "\r", ""), decoded: r.decoded}, nil)
}
