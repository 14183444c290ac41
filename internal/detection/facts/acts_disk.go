package facts

import "strings"

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

// dryFormat reports whether a file system is not made: those of ext take -n for that,
// xfs and newfs -N. To others both are a name, or the number of something.
func dryFormat(c *call) bool {
	if c.prog == "mke2fs" || hasAny(c.prog, "mkfs.ext") || c.prog == "mkfs" && hasAny(c.line(), "-t ext", "-text") {
		return c.has("-n")
	}
	return c.has("-N") && (c.prog == "mkfs.xfs" || c.prog == "newfs")
}

// disk is what destroys file systems.
func (b *builder) disk(c *call) {
	if hasAny(c.prog, "mkfs") || c.prog == "mke2fs" || c.prog == "mkswap" || c.prog == "newfs" {
		if len(c.pos) > 0 && !dryFormat(c) && !b.imageFile(c.pos[0]) {
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

// imageFile reports whether what is formatted is a file of the project.
func (b *builder) imageFile(name string) bool {
	p := b.place(name, b.dir())
	return (p.class == ClassProject || p.class == ClassTemp) && strings.ContainsAny(name[strings.LastIndexByte(name, '/')+1:], ".")
}
