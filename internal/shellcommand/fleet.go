package shellcommand

import "strings"

// remoteOption runs the value of options of a subcommand on another machine.
func remoteOption(sub string, names ...string) func(*analyzer, *command) {
	return func(a *analyzer, k *command) {
		args := k.args()
		seen := false
		for i, f := range args {
			if seen = seen || f.v == sub; !seen {
				continue
			}
			if v, ok := valueOf(args, i, names...); ok {
				a.remoteCode(k, v)
				return
			}
		}
	}
}

// remoteCode analyses code that runs on another machine.
func (a *analyzer) remoteCode(k *command, f field) {
	inner := k.inner(nil, "")
	c := inner.fresh(ViaRemote)
	c.sh = newShell(Options{})
	c.in = nil
	a.codeOf(c, k, f, nil)
}

// fleetRun is pssh, pdsh and clush: the operands are a command for many machines.
func fleetRun(a *analyzer, k *command) {
	_, _, cmd := (&wrapper{short: "hHwxlpoetOXPagfbum", long: wordSet("hosts host user par outdir errdir timeout options")}).split(k.args())
	if len(cmd) > 0 {
		a.remoteCode(k, join(cmd))
	}
}

// saltRun is salt: cmd.run and its like.
func saltRun(a *analyzer, k *command) {
	args := k.args()
	for i, f := range args {
		if (strings.HasPrefix(f.v, "cmd.") || f.v == "cmdmod.run") && i+1 < len(args) {
			a.remoteCode(k, args[i+1])
			return
		}
	}
}
