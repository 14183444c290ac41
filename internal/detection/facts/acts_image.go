package facts

import (
	"net/netip"
	"path"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/shellcommand"
)

// imageHosts are registries whose images come from their owner or from many who are
// known to it, besides the hosts that everybody uses.
var imageHosts = words("azurecr.io pkg.dev ecr.aws nvcr.io lscr.io elastic.co cgr.dev jfrog.io redhat.io redhat.com suse.com oracle.com ibm.com icr.io digitalocean.com fly.io heroku.com scw.cloud ovh.net n8n.io gitlab.com opensuse.org amazonaws.com microsoft.com aliyuncs.com mirantis.com tailscale.com")

// Where an image comes from.
const (
	imageOfficial  = iota // by one name, of this machine or a registry that is known
	imageOfUser           // of somebody at Docker Hub
	imageForeign          // of another registry
	imageOfAddress        // of a registry that has no name
)

// imageClass says where an image comes from.
func imageClass(ref string) int {
	host, rest, ok := strings.Cut(ref, "/")
	if !ok || rest == "" || ref[0] == '-' || ref[0] == '.' || strings.Contains(host, shellcommand.Unknown) {
		return imageOfficial
	}
	if !strings.ContainsAny(host, ".:") && host != "localhost" {
		if host == "library" {
			return imageOfficial
		}
		return imageOfUser
	}
	host = strings.ToLower(cutAt(host, ":"))
	switch hostClass(host) {
	case HostPublic, HostCollect:
	default:
		return imageOfficial
	}
	if hostBelow(host, imageHosts) {
		return imageOfficial
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return imageOfAddress
	}
	return imageForeign
}

// anybodysImage reports whether an image comes from a registry to which anybody may
// push his own.
func anybodysImage(ref string) bool {
	for _, host := range [...]string{"docker.io/", "index.docker.io/", "ghcr.io/", "quay.io/", "registry.gitlab.com/", "public.ecr.aws/"} {
		if rest, ok := strings.CutPrefix(ref, host); ok {
			return strings.Contains(rest, "/") && !strings.HasPrefix(rest, "library/")
		}
	}
	return false
}

// image looks at where a container's image comes from and what it is given.
func (b *builder) image(c *call) {
	sub, at := c.word(0), 1
	switch sub {
	case "container", "image", "buildx", "builder":
		sub, at = c.word(1), 2
	}
	switch sub {
	case "pull", "run", "create":
		ref := c.word(at)
		if ref == "" {
			return
		}
		class := imageClass(ref)
		if class == imageOfAddress {
			b.act(ActSupplyRemote, ref)
		}
		if class == imageOfficial && !anybodysImage(ref) {
			return
		}
		b.imageRef = ref
		if sub != "pull" && b.step != nil {
			b.step.own.add(2, ref) // what it prints
			if class != imageOfficial {
				b.mounted(c, ref, class)
			}
		}
	case "cp":
		if _, file, ok := strings.Cut(c.word(at), ":"); ok && b.imageRef != "" && b.step != nil {
			to := c.word(at + 1)
			if to == "." || strings.HasSuffix(to, "/") {
				to += "/" + path.Base(file)
			}
			b.step.own.add(2, b.imageRef)
			b.writes(to)
		}
	case "plugin":
		if c.has("--grant-all-permissions") {
			b.act(ActContainerPrivileged, c.line())
		}
	case "load", "import":
		b.loadsImage(c, c.word(at))
	case "build":
		if c.value("--allow") == "security.insecure" {
			b.act(ActContainerPrivileged, c.line())
		}
		if w := c.word(len(c.pos) - 1); strings.Contains(w, "://") || strings.HasPrefix(w, "git@") {
			b.remoteImage(w)
		}
	}
}

// remoteImage is an image that is made of what another host has.
func (b *builder) remoteImage(address string) {
	if repositoryClass(address) == HostKnown && !strings.HasPrefix(address, "http://") {
		b.act(ActSupplyRepository, address)
		return
	}
	b.act(ActSupplyRemote, address)
}

// loadsImage looks at an image that comes from the network at once.
func (b *builder) loadsImage(c *call, source string) {
	if strings.Contains(source, "://") {
		b.remoteImage(source)
		return
	}
	for _, from := range b.incoming(c.cmd.ID) {
		if from < len(b.steps) && b.steps[from].own.bits&bitDownload != 0 {
			switch host := b.steps[from].own.detail[2]; {
			case host == "another machine": // of the user's, by ssh
			case hostClass(host) == HostKnown:
				b.act(ActSupplyRepository, "image of "+host)
			default:
				b.act(ActSupplyRemote, "image of "+host)
			}
		}
	}
}

// mounted looks at what of the host an image gets that nobody vouches for.
func (b *builder) mounted(c *call, ref string, class int) {
	for i := range c.opts {
		o := &c.opts[i]
		if o.name != "-v" && o.name != "--volume" && o.name != "--mount" {
			continue
		}
		src := cutAt(o.value, ":")
		if _, rest, ok := strings.Cut(o.value, "source="); ok {
			src = cutAt(rest, ",")
		} else if _, rest, ok := strings.Cut(o.value, "src="); ok {
			src = cutAt(rest, ",")
		}
		if src == "" || src[0] != '/' && src[0] != '~' {
			continue
		}
		p := b.place(src, b.dir())
		switch {
		case p.path == b.c.Home, p.path == "/home", p.path == "/Users", p.class == ClassOtherHome,
			class != imageOfUser && (p.class == ClassCredential || p.class == ClassAgentConfig || p.class == ClassTelemetry):
			b.act(ActContainerForeign, ref+" gets "+o.value)
		}
	}
}
