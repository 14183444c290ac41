package shellcommand

import "strings"

func (r *psReader) shown(from int) string {
	return strings.TrimSpace(cut(r.src[from:min(max(r.pos, from), len(r.src))], maxShown))
}

// run analyses a command whose words are read.
func (r *psReader) run(c ctx, words []field, redirs []Redirect, call bool, begin int) field {
	if len(words) == 0 {
		return field{}
	}
	head := words[0]
	expression := !call && (head.quoted || head.stream != nil || strings.HasPrefix(r.src[begin:], "$") || strings.HasPrefix(r.src[begin:], "["))
	if expression && head.sink == nil {
		// A value: it goes down the pipe.
		v := join(words)
		if len(redirs) > 0 {
			c.redirs = redirs
			r.a.emit(&command{c: c, text: r.shown(begin)})
		}
		return v
	}
	if head.sink != nil { // & {…}: it ran already
		return field{v: Unknown}
	}
	c.redirs = append(c.redirs[:len(c.redirs):len(c.redirs)], redirs...)
	k := command{c: c, argv: words, text: r.shown(begin)}
	k.name = psName(head.v)
	if head.v == "." && len(words) > 1 {
		words = words[1:]
		k.argv = words
		k.name = psName(words[0].v)
	}
	if strings.Contains(k.name, Unknown) || k.name == "" {
		k.name = ""
		r.a.opaque(OpaqueProgram)
		r.a.emit(&k)
	} else {
		r.dispatch(&k)
	}
	v := field{v: Unknown}
	if k.name == "Write-Output" {
		v = join(k.args())
		v.v += "\n"
	}
	if k.id >= 0 {
		v.from = []source{{id: k.id, kind: EdgeArgument}}
	}
	return v
}

// dispatch notes a command and follows what it runs.
func (r *psReader) dispatch(k *command) {
	a := r.a
	switch k.name {
	case "Invoke-Expression":
		a.emit(k)
		args := k.args()
		if v, ok := psFlag(args, "command"); ok {
			args = []field{v}
		}
		if len(args) > 0 {
			a.powershellCode(k.c.within(ViaEval), k, join(args))
		} else if k.c.in != nil {
			f := field{v: k.c.in.text, decoded: k.c.in.decoded}
			for _, id := range k.c.in.from {
				f.from = append(f.from, source{id: id})
			}
			a.powershellCode(k.c.within(ViaEval), k, f)
		}
		return
	case "pwsh", "powershell", "pwsh-preview":
		a.emit(k)
		a.powershellArgs(k, k.args())
		return
	case "Start-Process":
		a.emit(k)
		args := k.args()
		var prog field
		if v, ok := psFlag(args, "filepath"); ok {
			prog = v
		} else if ops := operands(args, ""); len(args) > 0 && !strings.HasPrefix(args[0].v, "-") && len(ops) > 0 {
			prog = ops[0]
		}
		if prog.v == "" {
			return
		}
		inner := k.inner(args, "")
		inner.argv = []field{prog}
		for i, f := range args {
			name := strings.ToLower(f.v)
			if len(name) > 2 && beginning(name, "-argumentlist") || name == "-args" {
				for _, x := range args[i+1:] {
					if strings.HasPrefix(x.v, "-") && !x.quoted {
						break
					}
					inner.argv = append(inner.argv, a.splitText(&k.c, strings.ReplaceAll(x.v, `\`, `\\`))...)
				}
			}
		}
		inner.name = psName(prog.v)
		r.dispatch(&inner)
		return
	case "Set-Location", "Push-Location":
		a.emit(k)
		if ops := operands(k.args(), ""); len(ops) > 0 {
			k.c.sh.chdir(strings.ReplaceAll(ops[0].v, `\`, "/"))
		}
		return
	case "Set-Alias", "New-Alias":
		a.emit(k)
		if ops := operands(k.args(), ""); len(ops) > 1 {
			k.c.sh.assign("psalias:"+strings.ToLower(ops[0].v), []val{ops[1].val()}, false)
		}
		return
	}
	if v := k.c.sh.vars["psalias:"+strings.ToLower(k.argv[0].v)]; v != nil && len(a.active) < 8 {
		a.active = append(a.active, "psalias")
		k.argv = append([]field{text(first(v.vals).s)}, k.args()...)
		k.name = psName(k.argv[0].v)
		r.dispatch(k)
		a.active = a.active[:len(a.active)-1]
		return
	}
	if strings.Contains(k.name, "-") || cmdletNames[strings.ToLower(k.name)] != "" {
		a.emit(k)
		return
	}
	a.run(k) // a program: wrappers and shells are the same there
}
