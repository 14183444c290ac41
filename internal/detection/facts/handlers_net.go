package facts

import (
	"strconv"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/shellcommand"
)

func (b *builder) curl(c *call) {
	method := strings.ToUpper(c.value("-X", "--request", "-Method"))
	upload := c.has("-d", "--data", "--data-binary", "--data-raw", "--data-ascii", "--data-urlencode", "--json", "-F", "--form", "--form-string", "-T", "--upload-file", "-Body", "-InFile")
	if c.has("-G", "--get") {
		upload = false
	}
	file := c.has("-T", "--upload-file")
	direction := DirectionDownload
	switch {
	case upload || method == "PUT" || method == "POST" || method == "PATCH":
		direction = DirectionUpload
		if method == "" {
			method = "POST"
			if file {
				method = "PUT"
			}
		}
	case method == "":
		method = "GET"
		if c.has("-I", "--head") {
			method = "HEAD"
		}
	}
	host := ""
	urls := c.pos
	if u := c.value("--url", "-Uri"); u != "" {
		urls = append(urls[:len(urls):len(urls)], u)
	}
	for _, u := range urls {
		d := direction
		if strings.HasPrefix(u, "gopher:") || strings.HasPrefix(u, "dict:") {
			d = DirectionUpload
		}
		if h := b.web(u, method, d); h != "" || host == "" {
			host = h
		}
		if d != direction {
			b.sink(host)
		}
		b.http(method, u)
	}
	b.request(c, host, upload || direction == DirectionUpload)
	if s := c.value("--unix-socket", "--abstract-unix-socket"); s != "" {
		b.add(s, AccessWrite, c.prog, false, false)
	}
	if c.has("-O", "--remote-name", "--remote-name-all", "-J") {
		for _, u := range c.pos {
			b.downloaded(c, u)
		}
	}
}

// downloaded is the file that a download leaves under the name of its URL.
func (b *builder) downloaded(c *call, u string) {
	_, _, _, p := splitURL(u)
	p, _, _ = strings.Cut(p, "?")
	name := p[strings.LastIndexByte(p, '/')+1:]
	if name == "" {
		return
	}
	if dir := c.value("--output-dir", "-P", "--directory-prefix", "-d"); dir != "" {
		name = dir + "/" + name
	}
	b.add(name, AccessWrite, c.prog, false, false)
	b.writes(name)
}

// request notes what a request takes and gives.
func (b *builder) request(c *call, host string, upload bool) {
	b.step.own.add(2, host)
	b.step.sends, b.step.upload = true, host
	if !upload {
		return
	}
	b.step.own.bits &^= bitDownload
	b.sink(host)
	for i := range c.opts {
		o := &c.opts[i]
		if r := c.spec.role(o.name); o.has && (r == roleData || r == roleUpload || o.name == "--data-raw" || o.name == "--form-string" || o.name == "--post-data") {
			if strings.Contains(o.value, shellcommand.Unknown) {
				if name := secretVariables(afterOption(c.cmd.Text, o.name)); name != "" {
					b.addFlow(FlowSecret, FlowNetwork, "$"+name+" → "+host)
				}
			}
		}
	}
}

// afterOption is the source behind an option, where its value stands.
func afterOption(text, option string) string {
	if i := strings.Index(text, option); i >= 0 {
		rest := text[i+len(option):]
		if len(rest) > 160 {
			rest = rest[:160]
		}
		if j := strings.Index(rest, " -"); j >= 0 {
			rest = rest[:j]
		}
		return rest
	}
	return ""
}

func (b *builder) wget(c *call) {
	method := strings.ToUpper(c.value("--method"))
	upload := c.has("--post-data", "--post-file", "--body-data", "--body-file")
	direction := DirectionDownload
	if upload || method == "PUT" || method == "POST" {
		direction = DirectionUpload
	}
	if method == "" {
		method = "GET"
		if upload {
			method = "POST"
		}
	}
	host := ""
	for _, u := range c.pos {
		host = b.web(u, method, direction)
		b.http(method, u)
	}
	b.request(c, host, direction == DirectionUpload)
	if c.value("-O", "--output-document") == "" && !upload {
		for _, u := range c.pos {
			b.downloaded(c, u)
		}
	}
}

var httpMethods = words("GET POST PUT PATCH DELETE HEAD OPTIONS")

func (b *builder) httpie(c *call) {
	method, rest := "GET", c.pos
	if len(rest) > 0 && httpMethods[strings.ToUpper(rest[0])] {
		method, rest = strings.ToUpper(rest[0]), rest[1:]
	}
	if len(rest) == 0 {
		return
	}
	u := rest[0]
	if strings.HasPrefix(u, ":") {
		u = "localhost" + u
	}
	upload := method == "POST" || method == "PUT" || method == "PATCH"
	for _, w := range rest[1:] {
		if i := strings.IndexByte(w, '@'); i >= 0 {
			b.read(c, w[i+1:], false, false)
			upload = true
		} else if strings.Contains(w, "=") && !strings.Contains(w, "==") {
			upload = true
		}
	}
	if upload && method == "GET" {
		method = "POST"
	}
	direction := DirectionDownload
	if upload {
		direction = DirectionUpload
	}
	host := b.web(u, method, direction)
	b.http(method, u)
	b.request(c, host, upload)
}

func (b *builder) fetcher(c *call) {
	windows := c.prog == "certutil" || c.prog == "bitsadmin"
	saves := c.prog == "aria2c" || c.prog == "axel" || c.prog == "lwp-download" || c.prog == "fetch"
	for _, u := range c.args {
		host := cutAt(u, "/")
		switch {
		case strings.HasPrefix(u, "-"):
			continue
		case strings.Contains(u, "://"), !windows && strings.Contains(host, ".") && host[0] != '.' && len(host) > 3:
			b.step.own.add(2, b.web(u, "GET", DirectionDownload))
			if saves {
				b.downloaded(c, u)
			}
		case !windows:
			b.any(c, u)
		case strings.ContainsAny(u, `\/.`):
			b.add(u, AccessWrite, c.prog, false, false)
		}
	}
}

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
		b.act(ActNetScan, host)
		b.addNet(Net{Host: host, Port: port, Direction: d})
		return
	case hasInput(c.cmd):
		d = DirectionUpload
	}
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
		case kind == "EXEC", kind == "SYSTEM", kind == "SHELL":
			runs = e.rest
			if kind == "SHELL" {
				runs = "sh"
			}
		case kind == "OPEN", kind == "FILE", kind == "PIPE", kind == "GOPEN", kind == "CREATE", kind == "RDONLY":
			name, options, _ := strings.Cut(strings.Trim(e.rest, `"'`), ",")
			name = strings.Trim(name, `"'`)
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
	b.act(ActNetRaw, c.line())
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
	for _, o := range []string{"-R", "-D", "-L", "-w", "-W"} {
		if v := c.value(o); v != "" {
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
	b.act(ActNetProtocol, c.prog+" "+host)
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
		if w == "axfr" || w == "AXFR" || strings.HasPrefix(w, "ixfr") || w == "-l" && c.prog == "host" {
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

// copyRemote is rsync and scp.
func (b *builder) copyRemote(c *call) {
	n := len(c.pos)
	if n < 2 {
		return
	}
	last := c.pos[n-1]
	toHost, toPath, up := remoteFile(last)
	down := ""
	for i, w := range c.pos[:n-1] {
		if host, _, ok := remoteFile(w); ok {
			down = host
			b.addNet(Net{Host: host, Direction: DirectionDownload})
			b.step.own.add(2, host)
			continue
		}
		b.role(c, roleTree, w, c.at[i], c.cmd.Args[c.at[i]].Glob)
	}
	switch {
	case up:
		b.addNet(Net{Host: toHost, Direction: DirectionUpload})
		b.sink(toHost)
		was := b.remote
		b.remote = true
		if toPath != "" && (toPath[0] == '/' || toPath[0] == '~') {
			p := b.place(toPath, "")
			if p.class == ClassSystem && (within(p.path, "/var") || within(p.path, "/srv") || within(p.path, "/opt")) {
				p.class = ClassOther // where servers keep what they serve
			}
			b.put(p, AccessWrite, c.prog, false, false)
		}
		b.remote = was
	default:
		b.role(c, roleWrite, last, c.at[n-1], false)
		for _, w := range c.pos[:n-1] {
			if _, p, ok := remoteFile(w); ok && down != "" {
				b.writes(strings.TrimSuffix(last, "/") + "/" + p[strings.LastIndexByte(p, '/')+1:])
			}
		}
	}
}

// cloudCopy is a copy to or from a store in a cloud.
func (b *builder) cloudCopy(c *call) {
	copying := false
	for _, w := range c.pos[:min(len(c.pos), 4)] {
		switch w {
		case "cp", "mv", "sync", "put", "copy", "rsync", "move", "copyto", "moveto", "upload", "upload-batch", "mirror", "upload-file", "put-object", "rcat":
			copying = true
		}
	}
	if !copying {
		for _, w := range c.pos {
			if p, ok := strings.CutPrefix(w, "file://"); ok {
				b.read(c, p, false, false)
			} else {
				b.any(c, w)
			}
		}
		return
	}
	store := func(w string) bool {
		return strings.Contains(w, "://") && !strings.HasPrefix(w, "file://") || c.prog == "rclone" && strings.Contains(w, ":") || c.prog == "mc" && strings.Contains(w, "/") && !strings.HasPrefix(w, ".") && !strings.HasPrefix(w, "/") && !strings.HasPrefix(w, "~")
	}
	last := c.pos[len(c.pos)-1]
	up := store(last)
	for i, w := range c.pos {
		if i < len(c.pos)-1 && !store(w) && (strings.ContainsAny(w, "/.~") || i > 1) {
			b.read(c, w, false, true)
		}
	}
	for _, o := range []string{"--file", "-f", "--body", "--source", "-s"} {
		if v := c.value(o); v != "" {
			b.read(c, v, false, false)
			up = true
		}
	}
	host := cutAt(last, "?")
	d := DirectionDownload
	if up || c.arg("upload", "put-object") {
		d = DirectionUpload
		b.sink(host)
	} else {
		b.step.own.add(2, host)
		b.role(c, roleWrite, last, -1, false)
	}
	if i := strings.Index(host, "://"); i >= 0 {
		host = cutAt(host[i+3:], "/")
	}
	b.addNet(Net{Host: host, URL: last, Direction: d, Class: HostKnown})
}

// gist puts files where others can read them.
func (b *builder) gist(c *call) {
	if c.word(0) == "gist" && c.word(1) == "create" || c.word(0) == "release" && (c.word(1) == "upload" || c.word(1) == "create") {
		for _, w := range c.pos[2:] {
			b.read(c, w, false, false)
		}
		b.addNet(Net{Host: "github.com", Direction: DirectionUpload})
		b.sink("github.com")
	}
	for i := range c.opts {
		if o := &c.opts[i]; o.has {
			b.role(c, c.spec.role(o.name), o.value, -1, false)
		}
	}
}

func (b *builder) mail(c *call) {
	d := DirectionUpload
	host := ""
	for _, w := range c.args {
		if i := strings.IndexByte(w, '@'); i > 0 && !strings.HasPrefix(w, "-") {
			host = w[i+1:]
		}
	}
	if host == "" {
		return
	}
	b.addNet(Net{Host: host, Direction: d})
	b.sink(host)
}
