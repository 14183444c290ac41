package facts

import (
	"net/netip"
	"strings"
)

var usualRegistries = []string{"registry.npmjs.org", "registry.yarnpkg.com", "pypi.org/simple", "files.pythonhosted.org", "rubygems.org", "crates.io", "proxy.golang.org", "download.pytorch.org", "npm.pkg.github.com", "localhost", "127.0.0.1"}

// goHosts are where modules of Go come from, beside the known hosts.
var goHosts = words("gopkg.in k8s.io sigs.k8s.io go.uber.org google.golang.org gotest.tools honnef.co mvdan.cc entgo.io gorm.io cuelang.org goa.design gvisor.dev filippo.io cel.dev charm.land go.opentelemetry.io modernc.org rsc.io connectrpc.com buf.build go.starlark.net 9fans.net fyne.io gioui.org gocloud.dev helm.sh sigsum.org tailscale.com")

// registry is an index of packages that is set.
func (b *builder) registry(value, detail string) {
	for _, u := range usualRegistries {
		if strings.Contains(value, u) {
			return
		}
	}
	if value != "" {
		b.act(ActSupplyRegistry, detail+" "+value)
	}
}

// supply looks at what package managers take from where, and what they give away.
func (b *builder) supply(c *call) {
	sub, obj := c.word(0), c.word(1)
	install := false
	for _, w := range c.pos[:min(2, len(c.pos))] {
		switch w {
		case "install", "i", "add", "get", "ci", "update", "upgrade", "sync", "exec", "dlx", "create", "run":
			install = true
		}
	}
	install = install || c.prog == "bun" && sub == "x" || c.prog == "npx" || c.prog == "easy_install" || c.prog == "cpan" || c.prog == "cpanm"
	for i := range c.opts {
		o := &c.opts[i]
		switch o.name {
		case "--index-url", "--extra-index-url", "--registry", "--source", "--index", "--default-index", "--find-links":
			if o.has {
				b.registry(o.value, o.name)
			}
		case "-i":
			if c.prog == "pip" && o.has {
				b.registry(o.value, o.name)
			}
		case "--trusted-host", "--allow-unauthenticated", "--nosignature", "--nogpgcheck", "--no-gpg-checks", "--allow-untrusted", "--force-yes", "--no-verify-ssl", "--insecure", "--no-check-certificate", "--nodigest", "--allow-insecure-repositories", "--no-gpg-check", "--disable-gpg", "--dangerous", "--trust-policy", "--no-check-gpg":
			if c.prog == "curl" || c.prog == "wget" {
				continue
			}
			b.act(ActSupplyKey, c.line())
		case "-s":
			if c.prog == "gem" && o.has {
				b.registry(o.value, o.name)
			}
		case "-k":
			if c.prog == "curl" {
				b.act(ActNetInsecure, c.line())
			}
		}
	}
	b.packageSource(c)
	b.packageHost(c)
	if install {
		for i, w := range c.pos {
			if i == 0 && c.prog != "npx" && c.prog != "easy_install" && c.prog != "cpanm" {
				continue
			}
			if c.prog == "npx" && i > 0 || (sub == "exec" || sub == "dlx" || sub == "x") && i > 1 {
				break // what the program is given
			}
			low := strings.ToLower(w)
			if c.prog == "npm" && i == 1 && sub == "run" || c.prog == "cargo" && sub == "run" || c.prog == "go" && (sub == "run" || sub == "get" || sub == "install") && !strings.Contains(low, "://") {
				continue
			}
			if strings.Contains(low, "git+") || strings.HasPrefix(low, "http://") || strings.HasPrefix(low, "https://") || strings.HasPrefix(low, "git@") || strings.HasPrefix(low, "github:") || strings.HasPrefix(low, "git://") || strings.HasPrefix(low, "file:///") {
				charts := c.prog == "helm" && sub == "repo" && named(w) // of which none is installed yet
				if (charts || repositoryClass(strings.TrimPrefix(w, "git+")) == HostKnown) && !strings.HasPrefix(low, "http://") {
					b.act(ActSupplyRepository, w)
				} else {
					b.act(ActSupplyRemote, w)
				}
				if c.prog == "npx" || sub == "exec" || sub == "dlx" || sub == "run" || sub == "x" {
					b.addFlow(FlowDownload, FlowExecute, w+" → "+c.prog)
				}
			}
		}
		if v := c.value("--git"); v != "" {
			b.act(ActSupplyRemote, v)
		}
	}
	switch c.prog {
	case "npm", "pnpm", "yarn", "bun":
		switch {
		case sub == "publish", sub == "unpublish", sub == "deprecate", sub == "owner" && obj == "add", sub == "access", sub == "token" && obj == "create", sub == "npm" && obj == "publish":
			b.act(ActSupplyPublish, c.line())
		case sub == "config" && obj == "set" && hasAny(strings.ToLower(c.line()), "registry"):
			b.registry(c.line(), "config set")
		case sub == "config" && obj == "set" && hasAny(c.line(), "strict-ssl false", "strict-ssl=false", "enableStrictSsl false", "unsafeHttpWhitelist"):
			b.act(ActSupplyKey, c.line())
		case sub == "config" && obj == "set" && hasAny(c.line(), "script-shell", "ignore-scripts false"):
			b.act(ActShellSpawn, c.line())
		}
		if (sub == "pkg" && obj == "set" || sub == "set-script") && hasAny(c.line(), "curl ", "wget ", "| sh", "|sh", "| bash", "|bash", "base64", "/tmp/", "nc ") {
			b.act(ActSupplyScript, c.line())
		}
		if sub == "exec" && spawnsShell(c.line()[strings.Index(c.line(), "exec")+4:]) {
			b.act(ActShellSpawn, c.line())
		}
	case "twine", "flit", "vsce":
		if sub == "upload" || sub == "publish" {
			b.act(ActSupplyPublish, c.line())
		}
	case "cargo", "poetry", "uv", "gem", "mix", "dotnet", "pdm", "deno", "helm", "composer":
		if sub == "publish" || sub == "yank" || sub == "push" && c.prog == "gem" || sub == "hex.publish" || sub == "nuget" && obj == "push" || sub == "owner" && c.prog == "gem" {
			b.act(ActSupplyPublish, c.line())
		}
		if c.prog == "gem" && sub == "sources" && c.has("-a", "--add") {
			b.registry(c.line(), "sources")
		}
	case "go":
		if sub == "run" || sub == "install" {
			b.runs(obj)
			if host := cutAt(obj, "/"); sub == "run" && strings.Contains(obj, "@") && strings.Contains(host, ".") && !strings.HasPrefix(host, ".") && hostClass(host) != HostKnown && !goHosts[host] {
				b.act(ActSupplyRemote, obj)
				b.addFlow(FlowDownload, FlowExecute, obj+" → go run")
			}
		}
		if sub == "env" && c.has("-w") && (hasAny(c.line(), "GOPROXY", "GONOSUMDB", "GONOSUMCHECK", "GOSUMDB", "GOINSECURE") || hasAny(c.line(), "GOFLAGS") && hasAny(c.line(), "toolexec", "insecure")) {
			b.act(ActSupplyRegistry, c.line())
		}
	case "apt", "dpkg", "rpm", "dnf", "pacman", "apk":
		if hasAny(c.line(), "http://", "https://") && (c.prog == "rpm" || c.prog == "dnf" || c.prog == "apk") {
			b.act(ActSupplyRemote, c.line())
		}
		if c.prog == "dpkg" && hasAny(c.line(), "--force-all", "--force-remove-essential") {
			b.act(ActSystemConfigure, c.line())
		}
		if hasAny(c.line(), "Pre-Invoke", "Post-Invoke", "Dpkg::Pre-Install", "DPkg::") && spawnsShell(c.line()[strings.IndexByte(c.line(), '=')+1:]) {
			b.act(ActShellSpawn, c.line())
		}
		if c.prog == "apt" && (sub == "purge" || sub == "remove" || sub == "autoremove") && securityAgent(c.line()) || c.prog == "dpkg" && c.has("-P", "-r", "--purge", "--remove") && securityAgent(c.line()) {
			b.act(ActDefenseStop, c.line())
		}
		if (sub == "purge" || sub == "remove" || c.prog == "pacman" && len(c.args) > 0 && strings.HasPrefix(c.args[0], "-R")) && (strings.Contains(c.line(), "*") || hasAny(c.line(), "kernel", "systemd", "linux-image", "libc6", "bash", "coreutils", "openssh-server", "sudo")) {
			b.act(ActSystemStop, c.line())
		}
	case "pip":
		if sub == "config" && obj == "set" && hasAny(c.line(), "index", "trusted-host") {
			b.registry(c.line(), "config set")
		}
	case "code", "cursor":
		if v := afterWord(c.args, "--install-extension"); strings.HasSuffix(v, ".vsix") {
			b.act(ActSupplyRemote, v)
		}
	}
	b.manifest(c, install)
}

// manifests are the files in which package managers find what to run.
var manifests = map[string][]string{"npm": {"package.json"}, "pnpm": {"package.json"}, "yarn": {"package.json"}, "bun": {"package.json"}, "pip": {"setup.py", "pyproject.toml"}, "cargo": {"build.rs", "Cargo.toml"}, "gem": {".gemspec", "Rakefile"}, "bundle": {"Gemfile"}, "composer": {"composer.json"}}

// manifest is a package manager that runs what the command line has just written.
func (b *builder) manifest(c *call, install bool) {
	if install && c.word(0) != "run" {
		b.runs("package.json")
	}
	if !install && c.word(0) != "build" {
		return
	}
	files := manifests[c.prog]
	if len(files) == 0 {
		return
	}
	for i := range b.f.Paths {
		p := &b.f.Paths[i]
		if p.Access != AccessWrite {
			continue
		}
		for _, f := range files {
			if strings.HasSuffix(p.Path, f) {
				b.act(ActSupplyScript, p.Path)
				return
			}
		}
	}
}

// named reports whether an address is of a host that has a name and is no place where
// anybody leaves what he likes.
func named(address string) bool {
	_, host, _, _ := splitURL(address)
	host = strings.ToLower(host)
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err != nil && hostClass(host) == HostPublic
}
