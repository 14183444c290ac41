package facts

import (
	"strconv"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/shellcommand"
)

func cutAt(s, sep string) string {
	s, _, _ = strings.Cut(s, sep)
	return s
}

func (b *builder) ssh(c *call) {
	if len(c.pos) == 0 {
		return
	}
	host := userless(strings.TrimPrefix(c.pos[0], "ssh://"))
	port, _ := strconv.Atoi(c.value("-p"))
	if c.prog != "ssh" {
		port = 0
	} else if port == 0 {
		port = 22
	}
	b.addNet(Net{Host: host, Port: port, Direction: DirectionConnect})
	b.sink(host)
	for _, o := range []string{"-R", "-D", "-L", "-w"} {
		// A port of this machine's own that leads to one service is no way in.
		if v := c.value(o); v != "" && (o != "-L" || v[0] == '*' || strings.HasPrefix(v, "0.0.0.0:")) {
			b.act(ActNetTunnel, o+" "+v)
		}
	}
}

func (b *builder) ftp(c *call) {
	if v := c.value("-c", "-e"); v != "" && (c.prog == "lftp" || c.prog == "smbclient") {
		host := ""
		f := strings.Fields(cut(v, maxText))
		for i := range f {
			switch strings.Trim(f[i], ";") {
			case "open":
				if i+1 < len(f) {
					_, host, _, _ = splitURL(strings.Trim(f[i+1], ";"))
				}
			case "put", "mput", "reput", "mirror":
				if len(c.pos) > 0 {
					host = cutAt(strings.TrimLeft(c.pos[0], `/\`), "/")
				}
				b.sink(host)
				b.addNet(Net{Host: host, Direction: DirectionUpload})
				if i+1 < len(f) {
					b.read(c, strings.Trim(f[i+1], ";"), false, false)
				}
			}
		}
	}
	if len(c.pos) == 0 || c.prog == "smbclient" {
		return
	}
	host := userless(cutAt(c.pos[0], "/"))
	if strings.Contains(c.pos[0], "://") {
		_, host, _, _ = splitURL(c.pos[0])
	}
	if h, _, ok := remoteFile(c.pos[0]); ok {
		host = h
	}
	d := DirectionConnect
	if c.prog == "ncftpput" || strings.Contains(c.cmd.Stdin.Value, "put ") || strings.Contains(c.line(), "put ") {
		d = DirectionUpload
	}
	b.addNet(Net{Host: host, Direction: d})
	if c.prog != "sftp" {
		b.act(ActNetProtocol, c.prog+" "+host)
	}
	b.sink(host)
	b.step.own.bits &^= bitDownload
	for _, w := range c.pos[1:] {
		b.any(c, w)
	}
}

// lookup is a program that asks for names.
func (b *builder) lookup(c *call) {
	for _, w := range c.args {
		if strings.HasPrefix(w, "@") && len(w) > 1 {
			b.addNet(Net{Host: w[1:], Port: 53, Direction: DirectionLookup})
			continue
		}
		if (w == "axfr" && len(c.args) > 1) || w == "AXFR" || strings.HasPrefix(w, "ixfr") || w == "-l" && c.prog == "host" {
			b.act(ActNetScan, c.line())
		}
		if strings.HasPrefix(w, "-") || strings.HasPrefix(w, "+") || !strings.Contains(w, ".") {
			continue
		}
		b.addNet(Net{Host: w, Direction: DirectionLookup})
		first := cutAt(w, ".")
		if strings.Contains(first, shellcommand.Unknown) || len(first) > 40 {
			b.act(ActNetDNSTunnel, w)
		}
	}
	b.step.own.add(2, "DNS")
	b.step.sends, b.step.upload = true, "DNS"
}

// asks is a program that sends its words to a host: whois, finger.
func (b *builder) asks(c *call) {
	host := c.value("-h", "--host")
	for _, w := range c.pos {
		if i := strings.LastIndexByte(w, '@'); i >= 0 && host == "" {
			host = w[i+1:]
		}
	}
	if host == "" {
		return
	}
	b.addNet(Net{Host: host, Direction: DirectionUpload})
	b.sink(host)
}
