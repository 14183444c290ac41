package facts

import (
	"strconv"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/shellcommand"
)

// nc is netcat, and telnet.
func (b *builder) nc(c *call) {
	listen := c.has("-l", "--listen")
	port := 0
	host := ""
	for _, w := range c.pos {
		if n, err := strconv.Atoi(w); err == nil && port == 0 && (host != "" || listen) {
			port = n
		} else if host == "" && w != "" {
			host = w
		}
	}
	if p := c.value("-p"); p != "" && port == 0 {
		port, _ = strconv.Atoi(p)
	}
	d := DirectionConnect
	switch {
	case listen:
		d, host = DirectionListen, ""
	case c.has("-z"):
		if len(c.pos) != 2 || !number(c.pos[1]) {
			b.act(ActNetScan, host)
		}
		b.addNet(Net{Host: host, Port: port, Direction: d})
		return
	case hasInput(c.cmd):
		d = DirectionUpload
	}
	b.forgedSocket(c.value("-U"))
	if host == "" && !listen {
		return
	}
	b.addNet(Net{Host: host, Port: port, Direction: d})
	if c.prog != "telnet" {
		b.act(ActNetRaw, c.line())
	}
	b.step.own.add(2, host)
	b.sink(host)
	if c.has("-e", "-c", "--exec", "--sh-exec", "--lua-exec") {
		cmd := c.value("-e", "-c", "--exec", "--sh-exec", "--lua-exec")
		if spawnsShell(cmd) {
			if listen {
				b.act(ActShellBind, cmd)
			} else {
				b.act(ActShellReverse, cmd)
			}
		} else {
			b.act(ActCommandHook, cmd)
		}
	}
}

// hasInput reports whether a command's input is a file or text.
func hasInput(k *shellcommand.Command) bool {
	for i := range k.Redirects {
		if k.Redirects[i].FD == 0 && k.Redirects[i].Op == "<" {
			return true
		}
	}
	return k.Stdin.Known && k.Stdin.Value != ""
}

// socat connects any two things.
func (b *builder) socat(c *call) {
	type end struct{ kind, rest string }
	var ends []end
	for _, w := range c.pos {
		kind, rest, _ := strings.Cut(w, ":")
		ends = append(ends, end{strings.ToUpper(strings.TrimSuffix(kind, ",")), rest})
	}
	host, listen, net, runs := "", false, false, ""
	for _, e := range ends {
		kind, _, _ := strings.Cut(e.kind, ",")
		switch {
		case strings.Contains(kind, "LISTEN"), strings.Contains(kind, "RECV"):
			if !strings.HasPrefix(kind, "UNIX") {
				listen, net = true, true
				port, _, _ := strings.Cut(e.rest, ",")
				n, _ := strconv.Atoi(port)
				b.addNet(Net{Port: n, Direction: DirectionListen, Class: HostUnknown})
			}
		case strings.HasPrefix(kind, "TCP"), strings.HasPrefix(kind, "UDP"), strings.HasPrefix(kind, "OPENSSL"), strings.HasPrefix(kind, "SSL"), strings.HasPrefix(kind, "SCTP"), strings.HasPrefix(kind, "SOCKS"), kind == "PROXY":
			h, rest, _ := strings.Cut(e.rest, ":")
			p, _, _ := strings.Cut(rest, ",")
			n, _ := strconv.Atoi(p)
			host, net = h, true
			b.addNet(Net{Host: h, Port: n, Direction: DirectionConnect})
		case strings.HasPrefix(kind, "UNIX"):
			b.forgedSocket(cutAt(e.rest, ","))
		case kind == "EXEC", kind == "SYSTEM", kind == "SHELL":
			runs = e.rest
			if kind == "SHELL" {
				runs = "sh"
			}
		case kind == "OPEN", kind == "FILE", kind == "PIPE", kind == "GOPEN", kind == "CREATE", kind == "RDONLY":
			name, options, _ := strings.Cut(strings.Trim(e.rest, `"'`), ",")
			name = strings.Trim(name, `"'`)
			if kind == "GOPEN" { // which may be a socket, too
				b.forgedSocket(name)
			}
			if i := strings.Index(options, "chdir="); i >= 0 && !strings.HasPrefix(name, "/") {
				dir, _, _ := strings.Cut(options[i+6:], ",")
				name = dir + "/" + name
			}
			b.read(c, name, false, false)
		case strings.HasPrefix(e.kind, "/"), strings.HasPrefix(e.kind, "."), kind == "STDIN", kind == "-", kind == "STDIO", kind == "STDOUT":
			if strings.ContainsAny(e.kind, "/.") {
				b.read(c, cutAt(c.pos[0], ","), false, false)
			}
		}
	}
	if !net {
		b.adminSocket(c)
		return
	}
	if runs != "" || hostClass(strings.ToLower(host)) != HostLoopback {
		b.act(ActNetRaw, c.line())
	}
	b.step.own.add(2, host)
	b.sink(host)
	if runs != "" {
		switch {
		case spawnsShell(runs) && listen:
			b.act(ActShellBind, runs)
		case spawnsShell(runs):
			b.act(ActShellReverse, runs)
		default:
			b.act(ActCommandHook, runs)
		}
	}
}

// adminSocket is an order to a service by its socket.
func (b *builder) adminSocket(c *call) {
	if !c.cmd.Stdin.Known || !strings.Contains(c.line(), "sock") {
		return
	}
	for line := range strings.SplitSeq(cut(c.cmd.Stdin.Value, maxText), "\n") {
		switch cutAt(strings.TrimSpace(line), " ") {
		case "disable", "shutdown", "clear", "set", "del", "kill", "stop", "quit", "flush", "delete", "remove", "abort":
			b.act(ActInfraStop, line)
		}
	}
}
