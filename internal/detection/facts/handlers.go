package facts

import (
	"strings"
	"sync"

	"github.com/agent-telemetry/agent-telemetry/internal/shellcommand"
)

// fileHandlers are programs whose arguments need more than a table.
var fileHandlers = sync.OnceValue(func() map[string]func(*builder, *call) {
	m := map[string]func(*builder, *call){
		"tar": (*builder).tar, "dd": (*builder).dd, "git": (*builder).gitFiles, "rsync": (*builder).copyRemote, "scp": (*builder).copyRemote, "pscp": (*builder).copyRemote, "rcp": (*builder).copyRemote,
		"socat": (*builder).socat, "nc": (*builder).nc, "telnet": (*builder).nc, "curl": (*builder).curl, "wget": (*builder).wget, "wget2": (*builder).wget, "http": (*builder).httpie,
		"ssh": (*builder).ssh, "mosh": (*builder).ssh, "autossh": (*builder).ssh, "sftp": (*builder).ftp, "ftp": (*builder).ftp, "tftp": (*builder).ftp, "lftp": (*builder).ftp, "ncftp": (*builder).ftp, "ncftpput": (*builder).ftp,
		"dig": (*builder).lookup, "nslookup": (*builder).lookup, "host": (*builder).lookup, "drill": (*builder).lookup, "kdig": (*builder).lookup, "ping": (*builder).lookup, "whois": (*builder).asks, "finger": (*builder).asks, "smbclient": (*builder).ftp, "chmod": (*builder).modes, "chown": (*builder).modes, "chgrp": (*builder).modes,
		"openssl": (*builder).openssl, "find": (*builder).find, "sed": (*builder).sed, "awk": (*builder).awk, "eval": (*builder).eval, ".": (*builder).source, "source": (*builder).source,
		"zip": (*builder).zip, "tee": (*builder).tee, "vi": (*builder).editor, "emacs": (*builder).editor, "nano": (*builder).editor, "ed": (*builder).editor,
		"base64": (*builder).decoder, "jq": (*builder).decoder, "base32": (*builder).decoder, "basenc": (*builder).decoder, "xxd": (*builder).decoder, "uudecode": (*builder).decoder, "gpg": (*builder).decoder, "gunzip": (*builder).decoder, "gzip": (*builder).decoder, "rev": (*builder).decoder, "tr": (*builder).decoder, "zcat": (*builder).decoder,
		"aria2c": (*builder).fetcher, "axel": (*builder).fetcher, "lwp-request": (*builder).fetcher, "lwp-download": (*builder).fetcher, "get": (*builder).fetcher, "fetch": (*builder).fetcher, "lynx": (*builder).fetcher, "links": (*builder).fetcher, "elinks": (*builder).fetcher, "w3m": (*builder).fetcher, "yt-dlp": (*builder).fetcher, "youtube-dl": (*builder).fetcher, "certutil": (*builder).fetcher, "bitsadmin": (*builder).fetcher,
		"mail": (*builder).mail, "mailx": (*builder).mail, "sendmail": (*builder).mail, "mutt": (*builder).mail, "swaks": (*builder).mail, "msmtp": (*builder).mail, "s-nail": (*builder).mail,
		"aws": (*builder).cloudCopy, "gsutil": (*builder).cloudCopy, "gcloud": (*builder).cloudCopy, "rclone": (*builder).cloudCopy, "s3cmd": (*builder).cloudCopy, "s5cmd": (*builder).cloudCopy, "az": (*builder).cloudCopy, "azcopy": (*builder).cloudCopy, "mc": (*builder).cloudCopy, "b2": (*builder).cloudCopy,
		"trap": func(b *builder, _ *call) { b.step.runsArg = true }, "unzip": (*builder).unzip, "export": (*builder).environment, "declare": (*builder).environment, "typeset": (*builder).environment, "compgen": (*builder).environment, "ps": (*builder).environment,
		"gh": (*builder).gist, "env": (*builder).environment, "printenv": (*builder).environment, "set": (*builder).environment, "rm": (*builder).remove,
		"grep": (*builder).grep, "wc": (*builder).digest, "md5sum": (*builder).digest, "sha256sum": (*builder).digest, "sha1sum": (*builder).digest,
	}
	for name := range interpreters {
		m[name] = (*builder).interpreter
	}
	for name := range shells {
		m[name] = (*builder).shell
	}
	return m
})

var shells = words("bash sh zsh dash ksh mksh ash fish csh tcsh yash posh pdksh rbash elvish nu xonsh pwsh powershell oksh loksh rc es")

var interpreters = words("python perl ruby node deno bun php lua tclsh wish expect guile clisp sbcl ecl racket ghc ghci runghc R Rscript julia elixir iex erl groovy scala kotlin jshell jrunscript swift osascript jruby irb ts-node tsx gdb octave ocaml luajit psql-code")

// defaults treats a command as the tables say.
func (b *builder) defaults(c *call) {
	n := len(c.pos)
	for i := range n {
		b.role(c, c.spec.operand(i, n), c.pos[i], c.at[i], c.cmd.Args[c.at[i]].Glob)
	}
}

func (b *builder) digest(c *call) {
	b.step.blocks = true
	for _, w := range c.pos {
		b.add(w, AccessList, c.prog, false, false)
	}
	b.step.own = taint{}
}

// grep shows lines, or only says whether there are any.
func (b *builder) grep(c *call) {
	if !c.has("-q", "--quiet", "--silent", "-c", "--count", "-l", "--files-with-matches", "-L") {
		b.defaults(c)
		return
	}
	for i, w := range c.pos {
		if i > 0 || c.has("-e", "-f", "--regexp", "--file") {
			b.add(w, AccessList, c.prog, false, false)
		}
	}
}

func (b *builder) remove(c *call) {
	b.defaults(c)
	b.step.deletes = true
}

// execute is a file that runs as code.
func (b *builder) execute(c *call, word string) {
	if word == "" || word == "-" || word == "/dev/stdin" {
		if b.step != nil {
			b.step.runsIn = true
		}
		return
	}
	if strings.HasPrefix(word, "/dev/fd/") || strings.HasPrefix(word, "/proc/self/fd/") || strings.HasPrefix(word, shellcommand.Unknown) {
		b.step.runsIn, b.step.piped = true, true
	}
	b.add(word, AccessExecute, c.prog, false, false)
	if !shells[c.prog] && !interpreters[c.prog] && pathShell(word) {
		b.act(ActShellSpawn, c.line())
	}
	if p := b.place(word, b.dir()); p.class == ClassCredential || p.class == ClassSystemAuth {
		b.put(p, AccessRead, c.prog, false, false)
	}
	b.runs(word)
}

// shell is one that is run: with a script, a command line or its input.
func (b *builder) shell(c *call) {
	if c.has("-c", "--command", "-Command", "-EncodedCommand") || hasCluster(c.args, 'c') {
		b.step.runsArg = true
		for i := range c.opts {
			if c.opts[i].has && (c.prog == "elvish" || c.prog == "rc" || c.prog == "es" || c.prog == "nu" || c.prog == "xonsh") {
				b.foreign(c.opts[i].value)
				b.words(c.opts[i].value)
			}
			if c.opts[i].name == "--rcfile" || c.opts[i].name == "--init-file" {
				b.library(c, c.opts[i].value)
			}
		}
		return
	}
	if f := c.value("-File", "-file"); f != "" {
		b.execute(c, f)
		return
	}
	if len(c.pos) == 0 || c.has("-s") {
		b.step.runsIn = true
		return
	}
	b.step.runsArg = false
	b.execute(c, c.pos[0])
	for _, w := range c.pos[1:] {
		b.any(c, w)
	}
}

// hasCluster reports whether a letter is among the short options.
func hasCluster(args []string, letter byte) bool {
	for _, a := range args {
		if len(a) < 2 || a[0] != '-' || a == "--" {
			return false
		}
		if a[1] != '-' && strings.IndexByte(a, letter) > 0 {
			return true
		}
	}
	return false
}

func (b *builder) interpreter(c *call) {
	code := false
	for i := range c.opts {
		if c.opts[i].has && c.spec.role(c.opts[i].name) == roleCode {
			code = true
		}
	}
	for i, w := range c.args {
		if i > 0 && c.args[i-1] == "-m" && c.prog == "python" {
			code = code || w != ""
		}
	}
	switch {
	case code:
		b.step.runsArg = true
		for _, w := range c.pos {
			b.any(c, w) // which the code gets
		}
	case len(c.pos) == 0:
		b.step.runsIn = len(c.args) == 0 || b.step.piped || c.arg("-")
		if c.cmd.Script == "" && !c.help() {
			b.step.runsIn = true
		}
	case c.prog == "deno" || c.prog == "bun":
		if w := c.word(1); w != "" && c.word(0) == "run" {
			b.execute(c, w)
		}
	case c.prog == "jshell" || c.prog == "gdb":
		b.execute(c, c.pos[0])
	default:
		b.execute(c, c.pos[0])
		for _, w := range c.pos[1:] {
			b.any(c, w)
		}
	}
	if (c.prog == "perl" || c.prog == "ruby") && hasCluster(c.args, 'i') {
		for _, w := range c.pos {
			if strings.ContainsAny(w, "/.~") {
				b.role(c, roleWrite, w, -1, false)
			}
		}
	}
	if s := c.cmd.Script; s != "" {
		b.script(c, s)
		return
	}
	for i := range c.opts {
		if c.opts[i].has && c.spec.role(c.opts[i].name) == roleCode {
			b.script(c, c.opts[i].value)
		}
	}
}

func (b *builder) eval(c *call) {
	b.step.runsArg, b.step.runsIn = true, len(c.args) == 0
}

func (b *builder) source(c *call) {
	if len(c.pos) == 0 {
		b.step.runsIn = b.step.piped
		return
	}
	w := c.pos[0]
	b.step.runsArg = strings.HasPrefix(w, "/dev/fd/") || w == "/dev/stdin" || strings.Contains(w, shellcommand.Unknown)
	b.step.runsIn = b.step.runsArg
	if !b.step.runsArg {
		if strings.Contains(w, "/") || strings.Contains(w, ".") {
			b.add(w, AccessExecute, c.prog, false, false)
			b.runs(w)
		}
	} else if strings.HasPrefix(w, "/dev/fd/") {
		b.step.piped = true
	}
}

func (b *builder) tee(c *call) {
	for _, w := range c.pos {
		b.contents(c, w)
		b.profile(c, w, c.has("-a", "--append"))
	}
	b.defaults(c)
}

func (b *builder) editor(c *call) {
	b.defaults(c)
	b.batchEdits(c)
	for _, w := range c.pos {
		if p := b.place(w, b.dir()); p.class == ClassCredential || p.class == ClassSystemAuth {
			b.put(p, AccessRead, c.prog, false, false)
		}
	}
}

// unzip leaves files, which may be run.
func (b *builder) unzip(c *call) {
	b.defaults(c)
	if c.has("-p", "-l", "-t", "-Z", "-v") {
		return
	}
	dir := c.value("-d")
	if dir == "" {
		dir = "."
	} else {
		b.role(c, roleWrite, dir, -1, false)
	}
	b.tree(dir)
}

func (b *builder) zip(c *call) {
	for i, w := range c.pos {
		if i == 0 {
			b.role(c, roleWrite, w, c.at[0], false)
		} else {
			b.read(c, w, false, true)
		}
	}
}

// decoder is a program that makes text of what hides it.
func (b *builder) decoder(c *call) {
	b.defaults(c)
	switch c.prog {
	case "base64", "base32", "basenc":
		if c.has("-d", "-D", "--decode") {
			b.step.own.add(3, c.prog)
		}
	case "jq":
		if hasAny(c.word(0), "@base64d", "implode") {
			b.step.own.add(3, c.prog)
		}
	case "xxd":
		if c.has("-r", "-revert") {
			b.step.own.add(3, c.prog)
		}
	case "gpg":
		if c.has("-d", "--decrypt") {
			b.step.own.add(3, c.prog)
		}
	case "gzip":
		if c.has("-d", "--decompress", "-c") && c.has("-d", "--decompress") {
			b.step.own.add(3, c.prog)
		} else {
			for _, w := range c.pos {
				suffix := ".gz"
				if s := c.value("-S", "--suffix"); s != "" {
					suffix = s
				}
				b.writes(w + suffix)
			}
		}
	case "gunzip", "uudecode", "zcat":
		b.step.own.add(3, c.prog)
	case "rev", "tr":
		if b.step.own.bits == 0 {
			b.step.own.add(3, c.prog)
		}
	}
}
