package facts

// Keys yields short texts by which rules are looked up, each at most a few times:
// event:command_execution, hook:PreToolUse, tool:Bash, program:rm, wrapper:sudo,
// via:eval, act:git.discard, path:write, path:write:system, class:credential,
// flow:secret>network, net:upload, net:upload:public, host:collect, opaque:program.
func (f *Facts) Keys(yield func(string) bool) {
	ok := func(kind, name string) bool { return name == "" || yield(kind+":"+name) }
	if !ok("event", f.Event.Type) || !ok("hook", f.Event.HookEvent) || !ok("tool", f.Event.Tool) {
		return
	}
	for i := range f.Commands {
		c := &f.Commands[i]
		if !ok("program", c.Program) {
			return
		}
		for _, w := range c.Wrappers {
			if !ok("wrapper", w) {
				return
			}
		}
		for _, v := range c.Via {
			if !ok("via", v) {
				return
			}
		}
	}
	for i := range f.Acts {
		if !ok("act", f.Acts[i].Kind) {
			return
		}
	}
	for i := range f.Paths {
		p := &f.Paths[i]
		if !ok("path", p.Access) || !ok("path", p.Access+":"+p.Class) || !ok("class", p.Class) {
			return
		}
	}
	for i := range f.Flows {
		if !ok("flow", f.Flows[i].From+">"+f.Flows[i].To) {
			return
		}
	}
	for i := range f.Net {
		n := &f.Net[i]
		if !ok("net", n.Direction) || !ok("net", n.Direction+":"+n.Class) || !ok("host", n.Class) {
			return
		}
	}
	for _, o := range f.Opaque {
		if !ok("opaque", o) {
			return
		}
	}
}

// KeySet is the keys, each once.
func (f *Facts) KeySet() map[string]struct{} {
	m := make(map[string]struct{}, 16)
	for k := range f.Keys {
		m[k] = struct{}{}
	}
	return m
}
