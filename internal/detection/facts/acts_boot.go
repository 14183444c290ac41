package facts

import "strings"

// bootDefenses are words of a kernel's command line that switch a defence off.
var bootDefenses = []string{"selinux=0", "enforcing=0", "apparmor=0", "audit=0", "mitigations=off", "lockdown=none", "module.sig_enforce=0", "nokaslr", "nosmep", "nosmap", "pti=off", "ima_appraise=off", "security=none", "amfi_get_out_of_my_way", "amfi=0x", "cs_enforcement_disable", "init=/bin/", "rd.break", "csr-active-config", "testsigning on", "nointegritychecks on", "hypervisorlaunchtype off"}

// bootOptions are what a system is booted with.
func (b *builder) bootOptions(c *call) {
	line := c.line()
	low := strings.ToLower(line)
	changes := false
	switch c.prog {
	case "grubby":
		changes = c.has("--args", "--remove-args", "--set-default", "--add-kernel", "--remove-kernel")
	case "kernelstub":
		changes = c.has("-a", "-d", "-o", "--add-options", "--delete-options", "--options")
	case "rpm-ostree":
		changes = c.word(0) == "kargs" && hasAny(low, "--append", "--delete", "--replace")
	case "nvram":
		changes = strings.Contains(low, "=")
	case "bcdedit":
		changes = hasAny(low, "/set", "-set", "/delete")
	}
	switch {
	case !changes:
	case hasAny(low, bootDefenses...) && !strings.Contains(low, "--remove-args=selinux=0"):
		b.act(ActDefenseMAC, line)
	default:
		b.act(ActSystemConfigure, c.prog+" "+line)
	}
}

// iniFile is a program that sets a value in a file of settings.
func (b *builder) iniFile(c *call) {
	switch c.prog {
	case "crudini":
		if c.has("--set", "--del", "--merge") {
			b.add(c.word(0), AccessWrite, c.prog, false, false)
		}
	case "augtool":
		for i, w := range c.pos {
			if f, ok := strings.CutPrefix(w, "/files/"); ok && i > 0 && (c.pos[i-1] == "set" || c.pos[i-1] == "rm" || c.pos[i-1] == "clear" || c.pos[i-1] == "ins") {
				f, _, _ = strings.Cut(f, "[")
				b.add("/"+f, AccessWrite, c.prog, false, false)
			}
		}
	}
	if hasAny(c.line(), "LD_PRELOAD", "LD_AUDIT", "LD_LIBRARY_PATH") {
		b.act(ActCodeLoad, c.line())
	}
}

// batchEdits adds the files that a line editor writes by what it is told.
func (b *builder) batchEdits(c *call) {
	switch c.cmd.Program {
	case "ex", "ed", "red", "vi", "vim", "nvim":
	default:
		return
	}
	told := ""
	if c.cmd.Program == "ed" || c.cmd.Program == "ex" || c.cmd.Program == "red" || c.has("-e", "-s") || c.arg("-es", "-Es") {
		told = c.cmd.Stdin.Value
	}
	for i := range c.opts {
		if o := &c.opts[i]; o.has && (o.name == "-c" || o.name == "--cmd") {
			told += "\n" + o.value
		}
	}
	for _, a := range c.args {
		if strings.HasPrefix(a, "+") {
			told += "\n" + a[1:]
		}
	}
	if !savesText(cut(told, maxText)) {
		return
	}
	files := c.pos
	if c.cmd.Program == "ex" || c.cmd.Program == "ed" || c.cmd.Program == "red" { // whose -s has no value
		files = c.args
	}
	for i, w := range files {
		if !strings.HasPrefix(w, "+") && !strings.HasPrefix(w, "-") && (i == 0 || files[i-1] != "-c") {
			b.add(w, AccessWrite, c.prog, false, false)
			b.writes(w)
		}
	}
}

// savesText reports whether one of some lines of an editor saves the file.
func savesText(text string) bool {
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '|' }) {
		switch strings.TrimSuffix(strings.TrimLeft(strings.TrimSpace(line), ":%,$0123456789"), "!") {
		case "w", "wq", "x", "xit", "up", "update", "write", "wa", "wqa", "xa", "ZZ", "exit", "W":
			return true
		}
	}
	return false
}
