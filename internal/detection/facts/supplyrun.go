package facts

import "strings"

// packageSources are options that name a package which is fetched to be run.
var packageSources = []string{"--from", "--with", "--spec", "--package", "-p", "--git"}

// packageSource looks at the sources of packages that options name.
func (b *builder) packageSource(c *call) {
	for i := range c.opts {
		o := &c.opts[i]
		for _, name := range packageSources {
			if o.name == name && o.has {
				b.foreignPackage(c, o.value)
			}
		}
	}
	if !c.spec.known { // whose options have no values
		for _, name := range packageSources {
			if v := afterWord(c.args, name); v != "" {
				b.foreignPackage(c, v)
			}
		}
	}
}

// foreignPackage is a package that is fetched from an address and run.
func (b *builder) foreignPackage(c *call, value string) {
	_, from, at := strings.Cut(value, " @ ")
	if at {
		value = from
	}
	low := strings.ToLower(value)
	if !strings.Contains(low, "://") || strings.HasPrefix(low, "file://") {
		return
	}
	if repositoryClass(strings.TrimPrefix(value, "git+")) == HostKnown && !strings.HasPrefix(strings.TrimPrefix(low, "git+"), "http://") {
		b.act(ActSupplyRepository, value)
		return
	}
	b.act(ActSupplyRemote, value)
	b.addFlow(FlowDownload, FlowExecute, value+" → "+c.prog)
}

// packageHost is a host without a name from which packages are taken for good, or one of
// Go's modules.
func (b *builder) packageHost(c *call) {
	switch sub := c.word(0); {
	case sub == "config" || sub == "source" || sub == "sources" || sub == "repo" || sub == "channel":
		for _, a := range c.args {
			if bareHost(a) {
				b.act(ActSupplyRegistry, c.line())
				return
			}
		}
	case c.prog == "go" && (sub == "install" || sub == "get"):
		if m := c.word(1); bareHost("://" + m) {
			b.act(ActSupplyRemote, m)
		}
	}
}

// registryVariable reports whether a variable says where packages come from.
func registryVariable(name string) bool {
	return name == "GOPROXY" || strings.HasSuffix(name, "INDEX_URL") || strings.HasSuffix(name, "_REGISTRY") || strings.HasPrefix(name, "CARGO_REGISTRIES_") || strings.HasSuffix(name, "_MIRROR") || name == "npm_config_registry"
}
