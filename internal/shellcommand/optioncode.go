package shellcommand

import "strings"

// optionCommand runs the values of options that are commands.
func optionCommand(names ...string) func(*analyzer, *command) {
	return func(a *analyzer, k *command) {
		args := k.args()
		for i, f := range args {
			for _, n := range names {
				v := f
				switch {
				case f.v == n && i+1 < len(args):
					v = args[i+1]
				case strings.HasPrefix(n, "--") && strings.HasPrefix(f.v, n+"="):
					v.v = f.v[len(n)+1:]
				case len(n) == 2 && strings.HasPrefix(f.v, n) && len(f.v) > 2:
					v.v = f.v[2:]
				case len(n) == 2 && len(f.v) > 2 && f.v[0] == '-' && f.v[1] != '-' && strings.HasSuffix(f.v, n[1:]) && strings.Trim(f.v[1:], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" && i+1 < len(args):
					v = args[i+1]
				default:
					continue
				}
				if v.v != "" && !strings.HasPrefix(v.v, "-") {
					a.argumentCode(k, v)
				}
				break
			}
		}
	}
}

// tarRun runs what tar's options name.
func tarRun(a *analyzer, k *command) {
	args := k.args()
	for i, f := range args {
		name, value, has := strings.Cut(f.v, "=")
		v := f
		v.v = value
		if !has && i+1 < len(args) {
			v = args[i+1]
		}
		switch name {
		case "--to-command", "--use-compress-program", "--rsh-command", "--info-script", "--new-volume-script", "--rmt-command":
			if v.v != "" {
				a.argumentCode(k, v)
			}
		case "--checkpoint-action":
			if code, ok := strings.CutPrefix(v.v, "exec="); ok {
				v.v = code
				a.argumentCode(k, v)
			}
		default:
			if !has && len(name) > 1 && name[0] == '-' && name[1] != '-' {
				switch name[len(name)-1] {
				case 'I', 'F':
					a.argumentCode(k, v)
				}
			} else if strings.HasPrefix(name, "-I") && len(name) > 2 {
				v.v = f.v[2:]
				a.argumentCode(k, v)
			}
		}
	}
	if len(args) > 1 && !strings.HasPrefix(args[0].v, "-") && strings.ContainsAny(args[0].v, "cru") && strings.HasSuffix(args[0].v, "f") {
		dashed := *k // tar cf archive
		dashed.argv = append([]field{k.argv[0], text("-" + args[0].v)}, args[1:]...)
		outputFile("f")(a, &dashed)
		return
	}
	outputFile("f", "--file")(a, k)
}

// gdbRun runs gdb --args.
func gdbRun(a *analyzer, k *command) {
	args := k.args()
	for i, f := range args {
		switch f.v {
		case "--args", "-args":
			if i+1 < len(args) {
				inner := k.inner(args[:i+1], "")
				inner.argv = args[i+1:]
				a.run(&inner)
			}
			return
		}
	}
}

// socatRun runs EXEC: and SYSTEM: addresses.
func socatRun(a *analyzer, k *command) {
	for _, f := range k.args() {
		kind, rest, ok := strings.Cut(f.v, ":")
		if !ok {
			continue
		}
		v := f
		v.v = strings.NewReplacer(`\"`, `"`, `\'`, `'`).Replace(rest)
		switch strings.ToUpper(kind) {
		case "EXEC", "SYSTEM", "SHELL":
			// Options follow a comma outside of quotes.
			if j := strings.LastIndex(v.v, ","); j > 0 && !strings.ContainsAny(v.v[j:], `"'`) {
				if head, _, _ := strings.Cut(v.v, ","); !strings.ContainsAny(head, `"'`) {
					v.v = head
				}
			}
			v.v = strings.TrimSpace(v.v)
			if n := len(v.v); n > 1 && v.v[0] == v.v[n-1] && (v.v[0] == '"' || v.v[0] == '\'') {
				v.v = v.v[1 : n-1]
			}
			a.argumentCode(k, v)
		}
	}
}

// ncRun runs what netcat connects with the other side.
func ncRun(a *analyzer, k *command) {
	args := k.args()
	for i, f := range args {
		if i+1 >= len(args) {
			return
		}
		switch {
		case f.v == "-e", f.v == "--exec", f.v == "-c", f.v == "--sh-exec",
			len(f.v) > 2 && f.v[0] == '-' && f.v[1] != '-' && (strings.HasSuffix(f.v, "e") || strings.HasSuffix(f.v, "c")):
			a.argumentCode(k, args[i+1])
		}
	}
}
