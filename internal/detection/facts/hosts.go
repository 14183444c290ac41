package facts

import (
	"net/netip"
	"strconv"
	"strings"
)

// collectors are hosts at which anybody can leave data or take what somebody left:
// paste sites, request bins, file drops, tunnels, webhooks of chats.
var collectors = words(`webhook.site requestbin.com requestbin.net pipedream.net pipedream.com hookbin.com beeceptor.com requestcatcher.com postb.in ptsv2.com ptsv3.com typedwebhook.tools
	pastebin.com paste.ee hastebin.com ix.io sprunge.us termbin.com dpaste.com dpaste.org rentry.co ghostbin.com controlc.com paste.rs 0bin.net privatebin.net bpa.st p.ip.fi clbin.com cl1p.net justpaste.it pastie.org paste.debian.net paste.ubuntu.com
	transfer.sh file.io 0x0.st temp.sh anonfiles.com gofile.io catbox.moe litterbox.catbox.moe uguu.se bashupload.com oshi.at keep.sh wetransfer.com filebin.net tmpfiles.org send.vis.ee sendspace.com mega.nz mega.co.nz mediafire.com ufile.io anonymfile.com x0.at envs.sh pixeldrain.com put.io we.tl dropmefiles.com fileditch.com
	ngrok.io ngrok.app ngrok-free.app ngrok.dev trycloudflare.com loca.lt localtunnel.me serveo.net localhost.run pagekite.me bore.pub lhr.life tunnelmole.net zrok.io telebit.io playit.gg pinggy.io pinggy.link
	burpcollaborator.net oastify.com interact.sh oast.pro oast.live oast.site oast.online oast.fun oast.me canarytokens.com dnslog.cn ceye.io requestrepo.com dnsbin.zhack.ca bxss.me xss.ht webhookinbox.com mockbin.org
	api.telegram.org discord.com discordapp.com ntfy.sh gist.githubusercontent.com.upload pushbullet.com pushover.net maker.ifttt.com hooks.zapier.com gist.github.com`)

// knownHosts are where development takes from every day.
var knownHosts = words(`github.com githubusercontent.com githubassets.com github.io gitlab.com bitbucket.org codeberg.org sr.ht sourceforge.net npmjs.org npmjs.com yarnpkg.com pypi.org pythonhosted.org python.org crates.io rust-lang.org rustup.rs golang.org go.dev rubygems.org packagist.org nuget.org maven.org apache.org
	docker.com docker.io ghcr.io quay.io gcr.io k8s.io debian.org ubuntu.com archlinux.org fedoraproject.org alpinelinux.org nixos.org brew.sh nodejs.org deno.land deno.com bun.sh jsr.io unpkg.com jsdelivr.net cdnjs.com cloudflare.com googleapis.com google.com microsoft.com azure.com amazonaws.com mozilla.org wikipedia.org stackoverflow.com stackexchange.com
	readthedocs.io readthedocs.org docs.rs pkg.go.dev anthropic.com claude.ai claude.com openai.com huggingface.co kubernetes.io helm.sh terraform.io hashicorp.com gnu.org kernel.org w3.org ietf.org hex.pm hexdocs.pm elixir-lang.org gradle.org jetbrains.com jquery.com vercel.com netlify.com astral.sh`)

var metadataHosts = words(`169.254.169.254 169.254.170.2 169.254.170.23 fd00:ec2::254 metadata.google.internal metadata metadata.azure.com 100.100.100.200 metadata.packet.net instance-data metadata.goog 168.63.129.16 192.0.0.192`)

// hostClass classifies a host, in lower case and without port.
func hostClass(host string) string {
	if i := strings.LastIndex(host, ellipsis); i >= 0 {
		if metadataHosts[cutAt(host, ellipsis)] {
			return HostMetadata
		}
		host = host[i+len(ellipsis):]
		if !strings.HasPrefix(host, ".") || strings.Count(host, ".") < 2 {
			return HostUnknown
		}
		host = host[1:]
	}
	switch {
	case host == "":
		return HostUnknown
	case metadataHosts[host]:
		return HostMetadata
	case host == "localhost", strings.HasSuffix(host, ".localhost"), host == "ip6-localhost":
		return HostLoopback
	}
	if a, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return addrClass(a)
	}
	if c := host[0]; c >= '0' && c <= '9' {
		if a, ok := oddAddr(host); ok {
			return addrClass(a)
		}
	}
	for _, end := range [...]string{".local", ".internal", ".lan", ".intranet", ".corp", ".home.arpa", ".svc", ".cluster.local", ".test", ".invalid", ".localdomain"} {
		if strings.HasSuffix(host, end) {
			return HostPrivate
		}
	}
	for rest := host; ; {
		if collectors[rest] {
			return HostCollect
		}
		if knownHosts[rest] {
			return HostKnown
		}
		i := strings.IndexByte(rest, '.')
		if i < 0 {
			break
		}
		rest = rest[i+1:]
	}
	if !strings.Contains(host, ".") {
		return HostPrivate
	}
	return HostPublic
}

func addrClass(a netip.Addr) string {
	a = a.Unmap()
	switch {
	case a.String() == "169.254.169.254" || a.String() == "fd00:ec2::254":
		return HostMetadata
	case a.IsLoopback(), a.IsUnspecified():
		return HostLoopback
	case a.IsPrivate(), a.IsLinkLocalUnicast():
		return HostPrivate
	}
	return HostPublic
}

// oddAddr reads addresses as inet_aton does: 2130706433, 0x7f.1, 0177.0.0.1.
func oddAddr(s string) (netip.Addr, bool) {
	parts := strings.Split(s, ".")
	if len(parts) > 4 {
		return netip.Addr{}, false
	}
	var n uint64
	for i, p := range parts {
		v, err := strconv.ParseUint(p, 0, 32)
		if err != nil {
			return netip.Addr{}, false
		}
		if i < len(parts)-1 {
			if v > 255 {
				return netip.Addr{}, false
			}
			n |= v << (24 - 8*i)
			continue
		}
		n |= v
	}
	return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}), true
}
