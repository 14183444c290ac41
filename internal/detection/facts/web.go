package facts

import (
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
	if out := c.value("-o", "--out", "--output"); out != "" && c.prog != "curl" && c.prog != "wget" {
		name = out
	}
	dir := c.value("--output-dir", "-P", "--directory-prefix", "--dir")
	if dir == "" && c.prog == "aria2c" {
		dir = c.value("-d")
	}
	if dir != "" && name[0] != '/' {
		name = dir + "/" + name
	}
	b.add(name, AccessWrite, c.prog, false, false)
	b.writes(name)
}

// request notes what a request takes and gives.
func (b *builder) request(c *call, host string, upload bool) {
	b.step.own.add(2, host)
	b.step.sends, b.step.upload = true, host
	b.step.auth = authenticates(c)
	if name := b.foreignSecret(c, host); name != "" {
		b.addFlow(FlowSecret, FlowNetwork, "$"+name+" → "+host)
	}
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

// authenticates reports whether what is unknown of a request stands in a header or
// an option by which one proves who one is.
func authenticates(c *call) bool {
	hit := false
	for i := range c.opts {
		o := &c.opts[i]
		if !strings.Contains(o.value, shellcommand.Unknown) {
			continue
		}
		low := strings.ToLower(o.value)
		switch {
		case o.name == "-u", o.name == "--user", o.name == "--oauth2-bearer":
		case (o.name == "-H" || o.name == "--header") && hasAny(low, "authorization:", "token:", "api-key:", "apikey:"):
		default:
			return false
		}
		hit = true
	}
	for _, u := range c.pos {
		if strings.Contains(u, shellcommand.Unknown) {
			return false
		}
	}
	return hit
}

// providers are secrets of one service, and what its hosts are called.
var providers = []struct{ name, host string }{
	{"AWS_SECRET_ACCESS_KEY", "amazonaws"}, {"AWS_SESSION_TOKEN", "amazonaws"}, {"GITHUB_TOKEN", "github"}, {"GH_TOKEN", "github"}, {"NPM_TOKEN", "npm"}, {"STRIPE_SECRET_KEY", "stripe"}, {"DATABASE_URL", "localhost"}, {"SLACK_BOT_TOKEN", "slack"}, {"TWINE_PASSWORD", "pypi"}, {"CARGO_REGISTRY_TOKEN", "crates"},
}

// foreignSecret is a variable of one service that a request takes to a host which is
// not known to be its.
func (b *builder) foreignSecret(c *call, host string) string {
	class := hostClass(host)
	if class != HostPublic && class != HostCollect || strings.IndexByte(c.cmd.Text, '$') < 0 {
		return ""
	}
	for _, p := range providers {
		if i := strings.Index(c.cmd.Text, p.name); i > 0 && (c.cmd.Text[i-1] == '$' || c.cmd.Text[i-1] == '{') && !strings.Contains(host, p.host) {
			return p.name
		}
	}
	return ""
}
