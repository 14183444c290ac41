package facts

import (
	"strconv"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/shellcommand"
)

// addNet adds a use of the network.
func (b *builder) addNet(n Net) {
	n.Host, n.URL = strings.ToLower(show(cut(n.Host, maxDetail))), show(cut(n.URL, maxText))
	if n.Program == "" && b.call.cmd != nil {
		n.Program = b.call.prog
	}
	if n.Class == "" {
		n.Class = hostClass(n.Host)
	}
	b.forges(&n)
	for i := range b.f.Net {
		if b.f.Net[i] == n {
			return
		}
	}
	if len(b.f.Net) >= maxNets {
		b.f.Truncated = true
		return
	}
	b.f.Net = append(b.f.Net, n)
}

// splitURL gives scheme, host and port of a URL or of host:port/path.
func splitURL(raw string) (scheme, host string, port int, path string) {
	rest := raw
	if i := strings.Index(rest, "://"); i >= 0 {
		scheme, rest = strings.ToLower(rest[:i]), rest[i+3:]
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest, path = rest[:i], rest[i:]
	}
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		rest = rest[i+1:]
	}
	host = rest
	if strings.HasPrefix(rest, "[") {
		if i := strings.IndexByte(rest, ']'); i > 0 {
			host, rest = rest[1:i], rest[i+1:]
			if p, ok := strings.CutPrefix(rest, ":"); ok {
				port, _ = strconv.Atoi(p)
			}
			return scheme, host, port, path
		}
	}
	if i := strings.LastIndexByte(rest, ':'); i >= 0 && strings.IndexByte(rest, ':') == i {
		host = rest[:i]
		port, _ = strconv.Atoi(rest[i+1:])
	}
	if port == 0 {
		port = map[string]int{"https": 443, "http": 80, "ssh": 22, "ftp": 21, "gopher": 70}[scheme]
	}
	if port < 0 || port > 65535 {
		port = 0
	}
	return scheme, host, port, path
}

// web adds a request for a URL.
func (b *builder) web(raw, method, direction string) string {
	if raw == "" {
		return ""
	}
	if strings.HasPrefix(raw, "file://") {
		b.read(&b.call, raw, false, false)
		return ""
	}
	scheme, host, port, _ := splitURL(raw)
	switch scheme {
	case "gopher", "dict", "tftp", "ftp", "ldap", "smb":
		b.act(ActNetProtocol, raw)
		if scheme == "gopher" || scheme == "dict" {
			direction = DirectionUpload
		}
	}
	b.addNet(Net{Host: host, Port: port, URL: raw, Method: method, Direction: direction})
	return strings.ToLower(host)
}

// socket is a redirect from or to /dev/tcp/host/port.
func (b *builder) socket(k *shellcommand.Command, r *shellcommand.Redirect, rest string) {
	host, port, _ := strings.Cut(rest, "/")
	n, _ := strconv.Atoi(port)
	d := DirectionConnect
	if r.Op == ">" || r.Op == ">>" {
		d = DirectionUpload
	}
	b.addNet(Net{Host: host, Port: n, Direction: d})
	b.act(ActNetRaw, "/dev/tcp/"+rest)
	if r.Op == "<>" {
		b.forged(host, n)
	}
	if r.Writes() {
		b.step.uploads, b.step.upload = true, host
	}
	if r.Reads() || d == DirectionConnect {
		b.step.own.add(2, host)
		if k.Program == "" || k.Program == "exec" {
			return
		}
	}
	if shells[canonical(k.Program)] {
		b.actOf(ActShellReverse, k.Program, "/dev/tcp/"+rest)
	}
}

// data is what is sent with a request: text, or @file.
func (b *builder) data(c *call, word string) {
	file, ok := strings.CutPrefix(word, "@")
	if !ok {
		// -F name=@file, name=<file; httpie's name@file
		i := strings.Index(word, "=@")
		if i < 0 {
			i = strings.Index(word, "=<")
		}
		if i < 0 {
			return
		}
		file = strings.Trim(word[i+2:], `"`)
		file, _, _ = strings.Cut(file, ";")
	}
	if file == "-" || file == "" {
		return
	}
	if strings.HasPrefix(file, shellcommand.Unknown) {
		b.step.own.add(1, ellipsis)
		return
	}
	file, _, _ = strings.Cut(file, ",")
	b.read(c, file, false, false)
}

// remoteFile tells host:path from a path.
func remoteFile(word string) (host, path string, ok bool) {
	if rest, found := strings.CutPrefix(word, "rsync://"); found {
		host, path, _ = strings.Cut(rest, "/")
		return userless(host), path, true
	}
	if rest, found := strings.CutPrefix(word, "scp://"); found {
		host, path, _ = strings.Cut(rest, "/")
		return userless(host), path, true
	}
	i := strings.IndexByte(word, ':')
	if i <= 0 || strings.ContainsAny(word[:i], "/\\") || i == 1 && isLetter(word[0]) && len(word) > 2 && (word[2] == '\\' || word[2] == '/') {
		return "", "", false
	}
	return userless(word[:i]), strings.TrimPrefix(word[i+1:], ":"), true
}

func userless(host string) string {
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	if h, p, ok := strings.Cut(host, ":"); ok && number(p) {
		return h
	}
	return host
}

// sink says that the command sends what comes to it.
func (b *builder) sink(host string) {
	if b.step != nil {
		b.step.uploads, b.step.upload = true, host
	}
}
