package facts

import "strings"

// derive adds acts that follow from what was done with which paths.
func (b *builder) derive() {
	for i := range b.f.Paths {
		p := &b.f.Paths[i]
		changes := p.Access == AccessWrite || p.Access == AccessDelete || p.Access == AccessMove || p.Access == AccessMode
		if !changes {
			continue
		}
		b.privileged, b.remote = p.Privileged, p.Remote
		low := ""
		switch p.Class {
		case ClassPersistence, ClassLog, ClassGit: // who ask for it
			low = strings.ToLower(p.Path)
		}
		switch p.Class {
		case ClassTelemetry:
			b.actOf(ActTelemetryDisable, p.Program, p.Access+" "+p.Path)
		case ClassAgentConfig:
			if p.Program != "" {
				b.actOf(ActAgentConfig, p.Program, p.Access+" "+p.Path)
			}
		case ClassPersistence:
			if strings.Contains(low, ".git/hooks") && (p.Access == AccessDelete || p.Access == AccessMove || p.Access == AccessMode && b.modeOff) {
				b.actOf(ActGitHookOff, p.Program, p.Access+" "+p.Path)
			}
			if p.Access == AccessDelete || p.Access == AccessMode {
				break
			}
			kind := persistKind(low)
			if kind == ActPersistProfile && p.Access == AccessWrite && b.plain[p.Path] == plainText {
				kind = ActPersistEnv
			}
			b.actOf(kind, p.Program, p.Access+" "+p.Path)
		case ClassLog:
			if p.Access == AccessWrite && strings.Contains(low, "history") && (p.Program == "ln" || p.Program == "cp" || p.Program == "dd") {
				b.actOf(ActHistoryClear, p.Program, p.Path)
			}
			if p.Access == AccessDelete || p.Access == AccessMove || p.Access == AccessWrite && (p.Program == "sed" || p.Program == "perl" || p.Program == "ed" || p.Program == "truncate" || p.Program == "shred") {
				if strings.Contains(low, "history") {
					b.actOf(ActHistoryClear, p.Program, p.Path)
				} else if strings.HasPrefix(low, "/var/") {
					b.actOf(ActLogClear, p.Program, p.Path)
				}
			}
		case ClassGit:
			if p.Program != "git" && p.Access == AccessWrite && hasAny(low, ".git/objects", ".git/refs", ".git/head", ".git/index", ".git/packed-refs", ".git/logs") {
				b.actOf(ActGitTamper, p.Program, p.Path)
			}
			if strings.HasSuffix(low, ".git/config") && p.Access == AccessWrite {
				b.actOf(ActGitTamper, p.Program, p.Path)
			}
		case ClassContainer:
			b.actOf(ActContainerEscape, p.Program, p.Path)
		case ClassDevice:
			if p.Access == AccessWrite && (strings.HasPrefix(p.Path, "/proc/sys") || strings.HasPrefix(p.Path, "/sys/")) {
				b.actOf(ActPrivilegeKernel, p.Program, p.Path)
			}
			if p.Path == "/proc/sysrq-trigger" {
				b.actOf(ActSystemShutdown, p.Program, p.Path)
			}
		}
	}
}

func persistKind(low string) string {
	switch {
	case strings.Contains(low, "authorized_keys"):
		return ActPersistSSHKey
	case strings.Contains(low, ".git/hooks"):
		return ActPersistGitHook
	case strings.Contains(low, "cron"), strings.Contains(low, "/spool/at"):
		return ActPersistCron
	case strings.Contains(low, "systemd"), strings.Contains(low, "/sv/"), strings.Contains(low, "dbus-1"):
		return ActPersistService
	case strings.Contains(low, "init.d"), strings.Contains(low, "rc."), strings.Contains(low, "launch"), strings.Contains(low, "autostart"), strings.Contains(low, "ld.so"), strings.Contains(low, "startup"), strings.Contains(low, "inittab"), strings.Contains(low, "udev"), strings.Contains(low, "modules-load"):
		return ActPersistStartup
	}
	return ActPersistProfile
}
