package facts

import (
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/shellcommand"
)

// container looks at what a container may do to its host.
func (b *builder) container(c *call) {
	if c.word(0) == "cp" && len(c.pos) > 2 {
		b.any(c, c.pos[1])
	}
	if w := c.word(0); (w == "save" || w == "export") && b.step != nil {
		b.step.own.add(1, c.line())
	}
	b.containerWords(c.prog, c.cmd.Args)
}

func (b *builder) containerWords(prog string, args []shellcommand.Word) {
	sub := ""
	for i := range args {
		v := args[i].Value
		if sub == "" && !strings.HasPrefix(v, "-") {
			sub = v
		}
		next := ""
		if i+1 < len(args) {
			next = args[i+1].Value
		}
		name, value, has := strings.Cut(v, "=")
		if !has {
			value = next
		}
		switch name {
		case "--privileged":
			if value != "false" || !has {
				b.actOf(ActContainerPrivileged, prog, v)
			}
		case "--pid", "--ipc", "--userns", "--uts", "--cgroupns":
			if value == "host" {
				b.actOf(ActContainerPrivileged, prog, name+" host")
			}
		case "--cap-add":
			up := strings.ToUpper(value)
			if hasAny(up, "ALL", "SYS_ADMIN", "SYS_PTRACE", "SYS_MODULE", "DAC_READ", "SYS_RAWIO", "NET_ADMIN", "BPF") {
				b.actOf(ActContainerPrivileged, prog, name+" "+value)
			}
		case "--security-opt":
			if hasAny(value, "unconfined", "disable", "label:disable") {
				b.actOf(ActContainerPrivileged, prog, name+" "+value)
			}
		case "--device":
			if hasAny(value, "/dev/sd", "/dev/nvme", "/dev/mem", "/dev/kmsg", "/dev/vd") {
				b.actOf(ActContainerPrivileged, prog, name+" "+value)
			}
		case "-v", "--volume", "--mount":
			src := value
			if strings.Contains(value, "source=") || strings.Contains(value, "src=") {
				for part := range strings.SplitSeq(value, ",") {
					if s, ok := strings.CutPrefix(part, "source="); ok {
						src = s
					} else if s, ok := strings.CutPrefix(part, "src="); ok {
						src = s
					}
				}
			} else {
				src = cutAt(value, ":")
			}
			if src == "" || src[0] != '/' && src[0] != '~' {
				continue
			}
			p := b.place(src, b.dir())
			switch {
			case p.class == ClassRoot, p.class == ClassContainer, p.class == ClassDevice, p.class == ClassSystemAuth, p.path == "/etc" || p.path == "/root" || p.path == "/var" || p.path == "/proc" || p.path == "/sys" || p.path == "/boot" || p.path == "/var/run" || p.path == "/run" || p.path == "/var/lib/docker":
				b.actOf(ActContainerPrivileged, prog, name+" "+value)
			case p.class == ClassCredential:
				b.put(p, AccessRead, prog, false, true)
			}
		}
	}
}

func (b *builder) escape(c *call) { b.escapeWords(c.prog, c.cmd.Args) }

func (b *builder) escapeWords(prog string, args []shellcommand.Word) {
	line := ""
	for i := range args {
		line += args[i].Value + " "
		if len(line) > maxDetail {
			break
		}
	}
	switch prog {
	case "nsenter":
		if hasAny(line, "-t 1 ", "-t1 ", "--target 1 ", "--target=1 ", "-a", "--all", "/proc/1/") {
			b.actOf(ActContainerEscape, prog, line)
		}
	case "chroot":
		if hasAny(line, "/host", "/mnt", "/proc/1/root", "/rootfs") {
			b.actOf(ActContainerEscape, prog, line)
		}
	case "mount":
		if n := len(args); n > 1 && !strings.HasPrefix(args[n-1].Value, "-") {
			if p := b.place(args[n-1].Value, b.dir()); p.class == ClassTelemetry || p.class == ClassSystemAuth || p.class == ClassAgentConfig || within(p.path, "/etc") || within(p.path, "/usr") || within(p.path, "/bin") {
				b.put(p, AccessWrite, prog, false, false)
			}
		}
		if hasAny(line, "cgroup", "--bind / ", "-o bind / ", "--rbind / ", "/dev/sd", "/dev/nvme", "/dev/vd", "remount,rw", "-o remount", "/proc/sys") {
			b.actOf(ActContainerEscape, prog, line)
		}
	case "pivot_root":
		b.actOf(ActContainerEscape, prog, line)
	case "unshare":
		if hasAny(line, "-UrmC", "--cgroup", "-UrC") {
			b.actOf(ActContainerEscape, prog, line)
		}
	}
}

// podOverrides are parts of a pod that kubectl is given as text.
func (b *builder) podOverrides(c *call) {
	if c.word(0) == "run" && c.has("--privileged") && c.value("--privileged") != "false" {
		b.act(ActContainerPrivileged, c.line())
	}
	if ns := c.value("-n", "--namespace"); c.word(0) == "create" && (c.word(1) == "cronjob" || c.word(1) == "cj") && strings.HasPrefix(ns, "kube-") && !c.help() {
		b.act(ActPersistCron, c.line())
	}
	v := strings.Join(strings.Fields(strings.ToLower(cut(c.value("--overrides"), maxText))), "")
	if hasAny(v, `"privileged":true`, `"hostpid":true`, `"hostipc":true`, `"hostnetwork":true`, `"hostpath":`) {
		b.act(ActContainerPrivileged, "--overrides "+v)
	}
}
