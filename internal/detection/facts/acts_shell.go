package facts

import (
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/shellcommand"
)

// spawned looks for a shell got out of a program that is none.
func (b *builder) spawned(c *call) {
	k := c.cmd
	if shells[c.prog] || strings.HasPrefix(c.prog, "!") && shells[c.prog[1:]] {
		b.spawnedShell(c)
		return
	}
	if interpreters[c.prog] || quietShell[c.prog] && !c.spec.text {
		return
	}
	if c.spec.text {
		// A text that is written to a file, to be run later.
		if c.prog == "echo" || c.prog == "printf" {
			for _, a := range c.args {
				if len(a) > 6 && (execShell(a) || spawnsShell(a) && b.flowsOut(k)) {
					b.act(ActShellSpawn, a)
					return
				}
			}
		}
		return
	}
	for i, a := range c.args {
		if len(a) < 2 {
			continue
		}
		v := a
		if strings.Contains(v, "SHELL=") {
			continue
		}
		if strings.HasPrefix(v, "-") {
			_, after, ok := strings.Cut(v, "=")
			if !ok {
				continue
			}
			v = after
		}
		if !c.spec.known || strings.HasPrefix(a, "-") || i > 0 && strings.HasPrefix(c.args[i-1], "-") || c.prog == "ssh" || c.prog == "mail" || c.prog == "sed" || c.prog == "npx" || c.prog == "npm" || c.prog == "split" || c.prog == "mysql" {
			if pathShell(v) || !c.spec.known && execShell(v) {
				b.act(ActShellSpawn, c.line())
				return
			}
		}
	}
	if v := k.Stdin.Value; v != "" && k.Stdin.Known && c.prog != "cat" && c.prog != "tee" && execShell(v) {
		b.act(ActShellSpawn, v)
	}
}

// flowsOut reports whether a command's output is written to a file or given to
// another command.
func (b *builder) flowsOut(k *shellcommand.Command) bool {
	for i := range k.Redirects {
		if k.Redirects[i].Writes() && k.Redirects[i].Path.Value != "/dev/null" && k.Redirects[i].FD == 1 {
			return !strings.HasSuffix(k.Redirects[i].Path.Value, ".sh") && !strings.HasSuffix(k.Redirects[i].Path.Value, ".md")
		}
	}
	for _, e := range b.a.Edges {
		if e.From == k.ID && (e.Kind == shellcommand.EdgePipe || e.Kind == shellcommand.EdgeFile || e.Kind == shellcommand.EdgeProcess) {
			return true
		}
	}
	return false
}

// spawnedShell looks at a shell that something runs: one without a script, whose
// input is nobody's file.
func (b *builder) spawnedShell(c *call) {
	k := c.cmd
	interactive := true
	for _, a := range c.args {
		switch a {
		case "-i", "-p", "-l", "-s", "-li", "-il", "--login", "-", "--", "--norc", "--noprofile", "-e", "-x", "-f":
		case shellcommand.Unknown:
			interactive = interactive && b.terminal(k)
		default:
			interactive = false
		}
	}
	if !interactive {
		return
	}
	tty := strings.HasPrefix(k.Path, "!") || strings.HasPrefix(k.Path, "/") && strings.Contains(k.Path, "bin/") // of a program that reads commands of its own
	for i := range k.Redirects {
		r := &k.Redirects[i]
		if r.FD == 0 && r.Reads() && !strings.HasPrefix(r.Path.Value, "/dev/tty") && !strings.HasPrefix(r.Path.Value, "@") && r.Op != "<&" && !strings.Contains(k.Text, "$(tty)") {
			return
		}
		tty = tty || strings.HasPrefix(r.Path.Value, "/dev/tty") || r.Op == "<&" || r.FD == 0 || r.Op == ">&" && r.Path.Value == "0"
	}
	if k.Stdin.Value != "" || len(b.incoming(k.ID)) > 0 {
		return
	}
	if len(k.Wrappers) == 1 && k.Wrappers[0].Program == "exec" && !strings.Contains(k.Path, "/") && (len(k.Redirects) == 0 && len(k.Via) == 0 || c.has("-l", "--login") && !tty) {
		return // a new one in its place
	}
	container := b.remote && !viaRemote(k)
	switch {
	case container:
		return
	case viaRemote(k):
		if !strings.Contains(k.Path, "/") {
			return
		}
	case len(k.Wrappers) == 0 && len(k.Via) == 0 && !c.has("-i") && !tty && !c.has("-p"):
		return
	case len(k.Wrappers) == 0 && allPlain(k.Via) && !tty && !c.has("-i", "-p"):
		return
	}
	how := "a shell"
	if len(k.Wrappers) > 0 {
		how = k.Wrappers[len(k.Wrappers)-1].Program + " runs a shell"
	}
	b.act(ActShellSpawn, how)
	for i := range k.Redirects {
		if strings.HasPrefix(k.Redirects[i].Path.Value, "/dev/tcp/") {
			b.act(ActShellReverse, k.Redirects[i].Path.Value)
		}
	}
}

// terminal reports whether xargs gives the shell that it runs a terminal, or no
// words.
func (b *builder) terminal(k *shellcommand.Command) bool {
	if n := len(k.Wrappers); n > 0 && k.Wrappers[n-1].Program == "xargs" {
		for _, a := range k.Wrappers[n-1].Args {
			switch a.Value {
			case "-o", "--open-tty", "/dev/null", "-a", "--arg-file=/dev/null":
				return true
			}
		}
	}
	return false
}

func viaRemote(k *shellcommand.Command) bool {
	for _, v := range k.Via {
		if v == shellcommand.ViaRemote {
			return true
		}
	}
	return false
}

// allPlain reports whether a command stands only in constructs of the shell's own.
func allPlain(via []shellcommand.Via) bool {
	for _, v := range via {
		switch v {
		case shellcommand.ViaSubstitution, shellcommand.ViaProcess, shellcommand.ViaFunction, shellcommand.ViaAlias, shellcommand.ViaTrap:
		default:
			return false
		}
	}
	return true
}

// incoming are the commands whose output comes to a command's input.
func (b *builder) incoming(id int) []int {
	var out []int
	for _, e := range b.a.Edges {
		if e.To == id && e.Kind != shellcommand.EdgeVariable && e.Kind != shellcommand.EdgeArgument {
			out = append(out, e.From)
		}
	}
	return out
}

// reverse finds a shell in a ring of pipes with a connection: nc h p <f | sh >f,
// mkfifo, and telnet | sh | telnet.
func (b *builder) reverse() {
	fifo := false
	for i := range b.steps {
		p := b.f.Commands[b.first+i].Program
		fifo = fifo || p == "mkfifo" || p == "mknod"
	}
	net := func(i int) bool {
		switch canonical(b.f.Commands[b.first+i].Program) {
		case "nc", "telnet", "socat", "openssl", "ssh":
			return b.steps[i].uploads
		}
		return false
	}
	for _, e := range b.a.Edges {
		if e.Kind == shellcommand.EdgeArgument || e.Kind == shellcommand.EdgeVariable || e.From >= len(b.steps) || e.To >= len(b.steps) {
			continue
		}
		from, to := canonical(b.f.Commands[b.first+e.From].Program), canonical(b.f.Commands[b.first+e.To].Program)
		bare := func(i int) bool { return b.steps[i].runsIn }
		if shells[to] && bare(e.To) && net(e.From) && (fifo || b.leadsTo(e.To, net)) || shells[from] && bare(e.From) && net(e.To) {
			b.actOf(ActShellReverse, to, from+" | "+to)
		}
	}
}

func (b *builder) leadsTo(id int, what func(int) bool) bool {
	for _, e := range b.a.Edges {
		if e.From == id && e.To < len(b.steps) && what(e.To) {
			return true
		}
	}
	return false
}
