package facts

import "strings"

// topDirs are the directories in which everything lives.
var topDirs = words(`/ /* /bin /boot /dev /etc /home /lib /lib32 /lib64 /libx32 /media /mnt /opt /proc /root /run /sbin /srv /sys /tmp /usr /var /usr/bin /usr/sbin /usr/lib /usr/local /usr/share /var/lib /var/log /var/tmp /Users /System /Library /Applications /Volumes /private /usr/local/bin /usr/lib64 /etc/* /usr/* /home/* /var/* /Users/* ~ /root/* C:/ C:/* C:/Windows C:/Users ~/*`)

// root reports whether a path is one of a system's or a user's own directories
// itself.
func (b *builder) root(p string) bool {
	if topDirs[p] && p != "/tmp/*" && p != "/var/tmp/*" {
		return true
	}
	if p == b.c.Home && p != "" || b.c.Home != "" && p == b.c.Home+"/*" {
		return true
	}
	if b.remoteHome(p) {
		return true
	}
	return false
}

// remoteHome is the home directory of anybody.
func (b *builder) remoteHome(p string) bool {
	for _, dir := range [...]string{"/home/", "/Users/"} {
		if rest, ok := strings.CutPrefix(p, dir); ok && rest != "" && !strings.Contains(strings.TrimSuffix(rest, "/*"), "/") {
			return true
		}
	}
	return false
}

// removal is rm, rmdir and mv.
func (b *builder) removal(c *call) {
	if c.prog == "mv" {
		for i, w := range c.pos {
			if i == len(c.pos)-1 && c.value("-t", "--target-directory") == "" {
				break
			}
			p := b.place(w, b.dir())
			if b.root(p.path) || p.class == ClassRoot || p.class == ClassSystem && strings.HasPrefix(p.path, "/var/lib/") && strings.Count(p.path, "/") <= 3 {
				b.act(ActFileDeleteRoot, p.path)
			}
			if p.class == ClassTelemetry {
				b.act(ActTelemetryDisable, p.path)
			}
		}
		return
	}
	recursive := c.has("-r", "-R", "--recursive", "-Recurse", "/s", "/S") || c.prog == "rmdir" && c.arg("/s", "/S")
	force := c.has("-f", "--force", "-Force") || c.arg("/q", "/Q")
	b.deletedWith(c, c.pos, recursive, force, false)
	for i := range c.at {
		if u := c.cmd.Args[c.at[i]].IfUnset; u != "" && recursive {
			if p := b.place(u, b.dir()); b.root(p.path) {
				b.act(ActFileDeleteRoot, p.path+" when a variable is unset")
			}
		}
	}
	if recursive && force {
		b.found(c)
	}
}

// found is a deletion of what find finds.
func (b *builder) found(c *call) {
	for i := range c.cmd.Wrappers {
		w := &c.cmd.Wrappers[i]
		if w.Program != "find" && w.Program != "fd" {
			continue
		}
		var roots []string
		limited := false
		for _, a := range w.Args {
			switch {
			case strings.HasPrefix(a.Value, "-"):
				limited = limited || a.Value != "-exec" && a.Value != "-execdir" && a.Value != "-depth" && a.Value != "-print" && a.Value != "-L" && a.Value != "-H" && a.Value != "-P"
			case !limited && len(roots) < 16:
				roots = append(roots, a.Value)
			}
		}
		if len(roots) == 0 {
			roots = []string{"."}
		}
		b.deletedWith(c, roots, true, true, limited)
	}
}

func (b *builder) deleted(c *call, names []string, recursive, limited bool) {
	b.deletedWith(c, names, recursive, true, limited)
}

// deletedWith tells how much a deletion takes away.
func (b *builder) deletedWith(c *call, names []string, recursive, force, limited bool) {
	for _, w := range names {
		p := b.place(w, b.dir())
		switch p.class {
		case ClassTelemetry:
			b.act(ActTelemetryDisable, p.path)
		case ClassLog:
			if strings.Contains(p.path, "history") {
				b.act(ActHistoryClear, p.path)
			} else if strings.HasPrefix(p.path, "/var/log") {
				b.act(ActLogClear, p.path)
			}
		}
		if hasAny(strings.ToLower(p.path), "backup", "/snapshots") && (recursive || strings.HasPrefix(p.path, "/var/")) && p.class != ClassProject && p.class != ClassTemp {
			b.act(ActBackupDelete, p.path)
		}
		if !recursive {
			continue
		}
		base := strings.TrimSuffix(strings.TrimSuffix(p.path, "/*"), "/.*")
		if p.class == ClassUnknown && strings.HasPrefix(p.path, ellipsis+"/") && !strings.Contains(w, "..") && hasAny(c.cmd.Text, "$TMPDIR/", "${TMPDIR}/", "${TMPDIR:", "$(mktemp", "$RUNNER_TEMP/", "$TEMP/", "$TMP/") {
			continue
		}
		switch {
		case b.root(p.path), p.class == ClassRoot:
			b.act(ActFileDeleteRoot, p.path)
		case w == "." || w == ".." || w == "./" || w == "../" || w == ".*" || w == "./*" || w == "*" || w == "$PWD" || b.above(base) || p.path == b.c.Dir && b.c.Dir != "":
			if limited || !force {
				if force {
					b.act(ActFileDeleteTree, p.path)
				}
				break
			}
			if w == "*" || w == "./*" {
				b.act(ActFileDeleteMany, p.path)
				break
			}
			b.act(ActFileDeleteRoot, p.path)
		case p.class == ClassGit && (strings.HasSuffix(p.path, "/.git") || p.path == ".git"):
			b.act(ActFileDeleteRoot, p.path)
		case !force:
		case p.class == ClassTemp:
		case p.class == ClassProject, p.class == ClassUnknown && !strings.HasPrefix(w, "..") && w != "" && p.path[0] != '/':
			if strings.HasPrefix(w, "/") && b.project == "" {
				b.act(ActFileDeleteMany, p.path)
			} else {
				b.act(ActFileDeleteTree, p.path)
			}
		case p.class == ClassDevNull:
		default:
			b.act(ActFileDeleteMany, p.path)
		}
	}
}

// above reports whether a path is the project's directory or one above it.
func (b *builder) above(p string) bool {
	return b.project != "" && p != "" && p[0] == '/' && within(b.project, p)
}

// BuildOutput reports whether a directory's name is one that builds make anew.
func BuildOutput(path string) bool {
	path = strings.TrimSuffix(strings.TrimSuffix(path, "/*"), "/")
	name := path[strings.LastIndexByte(path, '/')+1:]
	return buildDirs[name] || strings.HasSuffix(name, ".egg-info") || strings.HasSuffix(name, "-cache") || strings.HasSuffix(name, "_cache") || strings.HasPrefix(name, "cmake-build") || strings.HasPrefix(name, "tmp") || strings.HasPrefix(name, "test-")
}

var buildDirs = words(`node_modules build dist out target bin obj .next .nuxt .cache .turbo .parcel-cache coverage .nyc_output __pycache__ .pytest_cache .mypy_cache .ruff_cache .tox .venv venv env .gradle Pods DerivedData _build deps .terraform vendor tmp temp logs log .output .svelte-kit storybook-static site public .eggs htmlcov .vite .angular bazel-out generated gen output artifacts release debug cache test-results playwright-report .expo .dart_tool elm-stuff .stack-work dist-newstyle .serverless cdk.out .aws-sam .vercel .netlify .docusaurus`)

// modes are the files of chmod, whose mode may look like an option.
func (b *builder) modes(c *call) {
	for _, w := range b.modeNames(c) {
		b.role(c, roleMode, w, -1, strings.ContainsAny(w, "*?["))
	}
}

// modeNames are the files of a call of chmod or chown.
func (b *builder) modeNames(c *call) []string {
	if c.has("--reference") {
		return c.pos
	}
	if c.prog == "chmod" {
		for _, a := range c.args {
			if len(a) > 1 && a[0] == '-' && strings.Trim(a[1:], "rwxXst") == "" {
				return c.pos
			}
		}
	}
	return c.pos[min(1, len(c.pos)):]
}

// mode is chmod, chown and their like.
func (b *builder) mode(c *call) {
	spec := c.word(0)
	recursive := c.has("-R", "--recursive")
	for _, a := range c.args { // -x and -r are modes, too
		if strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "--") && strings.Trim(a[1:], "rwxXst") == "" && len(a) > 1 {
			spec = a
			break
		}
	}
	names := c.pos
	if len(names) > 0 && spec == names[0] && !c.has("--reference") {
		names = names[1:]
	}
	switch c.prog {
	case "setcap":
		b.act(ActPrivilegeSetuid, c.line())
		return
	case "chattr":
		if strings.Contains(c.line(), "+i") || strings.Contains(c.line(), "-i") || strings.Contains(c.line(), "-a") {
			b.act(ActPrivilegeOwn, c.line())
		}
	case "chmod":
		if setuid(spec) {
			b.act(ActPrivilegeSetuid, c.line())
		}
		if open(spec) {
			b.act(ActModeOpen, c.line())
		}
	}
	for _, w := range names {
		p := b.place(w, b.dir())
		rooted := b.root(p.path) || p.class == ClassRoot
		if recursive && rooted && p.path != "/tmp" {
			b.act(ActFileDeleteRoot, c.prog+" "+p.path)
		}
		switch p.class {
		case ClassPersistence:
			if inHome, _ := b.home(strings.ToLower(p.path)); !inHome && p.path[0] == '/' && p.outside {
				b.act(ActPrivilegeOwn, c.line())
			}
		case ClassSystem, ClassSystemAuth, ClassRoot, ClassDevice, ClassContainer:
			b.act(ActPrivilegeOwn, c.line())
		case ClassTelemetry:
			b.act(ActTelemetryDisable, c.line())
		case ClassOther, ClassOtherHome:
			if recursive && c.prog != "chmod" {
				b.act(ActPrivilegeOwn, c.line())
			}
		}
	}
}

func setuid(spec string) bool {
	if len(spec) >= 4 && number(spec) {
		d := spec[len(spec)-4]
		return d >= '2' && d != '1' || d == '6'
	}
	for part := range strings.SplitSeq(spec, ",") {
		if i := strings.IndexAny(part, "+="); i >= 0 && strings.Contains(part[i:], "s") && strings.Trim(part[:i], "ugoa") == "" {
			return true
		}
	}
	return false
}

func open(spec string) bool {
	if number(spec) && len(spec) >= 3 {
		d := spec[len(spec)-1]
		return d == '7' || d == '6' || d == '2' || d == '3'
	}
	for part := range strings.SplitSeq(spec, ",") {
		if i := strings.IndexAny(part, "+="); i >= 0 && strings.Contains(part[i:], "w") && strings.ContainsAny(part[:i], "oa") {
			return true
		}
	}
	return false
}

// syncs are copies that delete.
func (b *builder) syncs(c *call) {
	if c.has("-n", "--dry-run", "--list-only", "--dryrun") || c.prog == "aws" && !c.arg("sync") {
		return
	}
	deletes := false
	for _, a := range c.args {
		name := cutAt(a, "=")
		if strings.HasPrefix(name, "--del") || name == "--remove" && c.prog == "mc" || name == "--remove-source-files" || name == "-d" && c.prog == "gsutil" && c.arg("rsync") || strings.EqualFold(name, "/mir") || strings.EqualFold(name, "/purge") {
			deletes = true
		}
	}
	if c.prog == "rclone" && (c.word(0) == "sync" || c.word(0) == "move" || c.word(0) == "moveto" || c.word(0) == "dedupe" || c.word(0) == "bisync") {
		deletes = true
	}
	if c.prog == "azcopy" && c.word(0) == "sync" && c.value("--delete-destination") == "true" {
		deletes = true
	}
	if !deletes {
		return
	}
	b.act(ActFileSync, c.line())
	if n := len(c.pos); n > 1 {
		if p := b.place(c.pos[n-1], b.dir()); b.root(p.path) {
			b.act(ActFileDeleteRoot, p.path)
		}
	}
}

func (b *builder) shreds(c *call) {
	switch c.prog {
	case "truncate":
		if s := c.value("-s", "--size"); s == "0" {
			for _, w := range c.pos {
				b.emptied(b.place(w, b.dir()))
			}
		}
	case "cipher":
		if strings.Contains(c.line(), "/w") {
			b.act(ActFileShred, c.line())
		}
	case "wipefs":
	default:
		if len(c.pos) > 0 {
			b.act(ActFileShred, c.line())
		}
	}
}

// emptied is a file that is emptied.
func (b *builder) emptied(p place) {
	switch p.class {
	case ClassLog:
		if strings.Contains(p.path, "history") {
			b.act(ActHistoryClear, p.path)
			return
		}
		b.act(ActLogClear, p.path)
	case ClassDevNull, ClassTemp:
	case ClassDevice:
		b.act(ActDiskOverwrite, p.path)
	default:
		b.act(ActFileTruncate, p.path)
	}
}

// disk is what destroys file systems.
func (b *builder) disk(c *call) {
	if hasAny(c.prog, "mkfs") || c.prog == "mke2fs" || c.prog == "mkswap" || c.prog == "newfs" {
		if len(c.pos) > 0 && !c.has("-n", "-N") {
			b.act(ActDiskFormat, c.line())
		}
		return
	}
	sub := c.word(0)
	hit := false
	switch c.prog {
	case "wipefs":
		hit = c.has("-a", "--all", "-o") && !c.has("-n", "--no-act")
	case "sgdisk", "gdisk", "cgdisk":
		hit = c.has("-Z", "--zap-all", "-z", "--zap", "-o", "--clear", "-d", "--delete", "-n", "--new")
	case "sfdisk":
		hit = len(c.pos) > 0 && !c.has("-l", "-d", "--list", "--dump", "-s", "-V")
	case "fdisk", "cfdisk", "parted":
		hit = len(c.pos) > 0 && !c.has("-l", "--list") && !c.arg("print", "p") && (c.prog == "parted" && c.arg("mklabel", "mktable", "rm", "mkpart", "resizepart") || c.cmd.Stdin.Value != "" || b.step.piped)
	case "blkdiscard", "nwipe", "dban", "zerofree":
		hit = len(c.pos) > 0
	case "badblocks":
		hit = c.has("-w")
	case "hdparm":
		hit = hasAny(c.line(), "--security-erase", "--trim-sector", "--make-bad-sector", "--write-sector", "--dco")
	case "nvme":
		hit = sub == "format" || sub == "sanitize" || sub == "delete-ns" || sub == "reset"
	case "lvremove", "vgremove", "pvremove", "lvreduce", "vgreduce", "vgexport":
		hit = len(c.pos) > 0 && !c.has("-t", "--test")
	case "lvm":
		hit = hasAny(sub, "remove", "reduce")
	case "zpool", "zfs":
		hit = (sub == "destroy" || sub == "labelclear" || sub == "rollback" || sub == "detach") && !c.has("-n")
	case "btrfs":
		hit = c.arg("delete", "del") || c.arg("--repair")
	case "mdadm":
		hit = c.has("--stop", "-S", "--zero-superblock", "--remove", "-r", "--fail", "--create", "-C")
	case "cryptsetup":
		hit = hasAny(strings.ToLower(sub), "erase", "luksformat", "lukskillslot", "luksremovekey", "luksclose", "remove", "close", "reencrypt") && sub != ""
	case "dmsetup":
		hit = sub == "remove" || sub == "remove_all" || sub == "wipe_table" || sub == "clear"
	case "losetup":
		hit = c.has("-D", "--detach-all")
	case "diskutil":
		hit = hasAny(strings.ToLower(sub), "erase", "zerodisk", "partitiondisk", "randomdisk", "secureerase", "reformat") || c.arg("deleteContainer", "deleteVolume", "eraseVolume")
	case "format", "format-volume", "clear-disk", "initialize-disk", "remove-partition", "diskpart":
		hit = len(c.args) > 0
	case "tune2fs", "debugfs", "xfs_repair", "fsck", "e2fsck":
		hit = c.prog == "debugfs" && c.has("-w") || c.prog == "xfs_repair" && c.has("-L")
	case "swapoff":
		hit = c.has("-a")
	case "umount":
		hit = c.has("-f", "-l", "-a", "--force", "--lazy", "--all")
	case "mbr", "dcfldd", "dc3dd":
		hit = strings.Contains(c.line(), "of=/dev/")
	case "nbd-client":
		hit = c.has("-d")
	case "iscsiadm":
		hit = c.has("-u", "--logout") || strings.Contains(c.line(), "delete")
	case "ceph", "rbd", "rados":
		hit = c.arg("rm", "remove", "purge", "destroy", "delete")
	case "multipath":
		hit = c.has("-F", "-f")
	case "vssadmin", "wbadmin":
		if hasAny(strings.ToLower(c.line()), "delete") {
			b.act(ActBackupDelete, c.line())
		}
	case "wmic":
		if hasAny(strings.ToLower(c.line()), "shadowcopy delete") {
			b.act(ActBackupDelete, c.line())
		}
	case "bcdedit":
		hit = hasAny(strings.ToLower(c.line()), "/set", "/delete")
	case "tmutil":
		if hasAny(sub, "delete", "disable") {
			b.act(ActBackupDelete, c.line())
		}
	}
	if hit {
		b.act(ActDiskFormat, c.line())
	}
	for i := range c.cmd.Redirects {
		r := &c.cmd.Redirects[i]
		if r.Writes() && strings.HasPrefix(r.Path.Value, "/dev/") && device(r.Path.Value[5:]) == ClassDevice {
			b.act(ActDiskOverwrite, r.Path.Value)
		}
	}
	if (c.prog == "cp" || c.prog == "tee" || c.prog == "cat" || c.prog == "shred") && len(c.pos) > 0 {
		if w := c.pos[len(c.pos)-1]; strings.HasPrefix(w, "/dev/") && device(w[5:]) == ClassDevice && c.prog != "cat" {
			b.act(ActDiskOverwrite, w)
		}
	}
}
