package facts

import "github.com/agent-telemetry/agent-telemetry/internal/shellcommand"

// envRead is a file of variables that a command in a substitution reads.
type envRead struct {
	id      int // of the command
	path    string
	program string
}

// loaded tells files of variables that are loaded for a program (export X=$(grep X
// .env), env $(xargs <.env) program) from those that are shown: the former are used.
func (b *builder) loaded() {
	for _, r := range b.envReads {
		if !b.toEnvironment(r.id) {
			continue
		}
		for i := range b.f.Paths {
			if p := &b.f.Paths[i]; p.Path == r.path && p.Program == r.program && p.Access == AccessRead {
				p.Access = AccessUse
			}
		}
	}
}

// toEnvironment reports whether all output of a command becomes variables.
func (b *builder) toEnvironment(id int) bool {
	for range 8 {
		next := -1
		for _, e := range b.a.Edges {
			if e.From != id || e.To >= len(b.a.Commands) {
				continue
			}
			k := &b.a.Commands[e.To]
			switch {
			case e.Kind == shellcommand.EdgePipe:
				next = e.To
			case k.Program == "", k.Program == "export", k.Program == "declare", k.Program == "local", k.Program == "readonly", k.Program == "set":
			case wrappedBy(k, "env"):
			default:
				return false
			}
			if next < 0 {
				next = id
			}
		}
		switch next {
		case -1:
			// The words of env are those of no command that is noted.
			return len(b.a.Commands) > id+1 && wrappedBy(&b.a.Commands[id+1], "env")
		case id:
			return true
		}
		id = next
	}
	return false
}

func wrappedBy(k *shellcommand.Command, program string) bool {
	for i := range k.Wrappers {
		if k.Wrappers[i].Program == program {
			return true
		}
	}
	return false
}
