package facts

import (
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/shellcommand"
)

// textReaders take what they are fed as text or data, not as keys that are typed.
var textReaders = words(`cat tee grep sed wc tr cut sort uniq head tail jq yq xq dasel gh glab bd xargs base64 base32 xxd od hexdump md5sum sha256sum sha1sum shasum cksum diff patch curl wget http ssh nc socat openssl gpg gzip gunzip zcat column paste fold fmt nl rev tac split csplit comm join read mapfile readarray mail mailx sendmail pbcopy xclip xsel wl-copy logger wall write kafka-console-producer age sops envsubst docker podman tar cpio dd sponge pv parallel claude codex llm ollama aider markdown pandoc prettier black rustfmt gofmt clang-format shfmt shellcheck hadolint xmllint tidy iconv dos2unix sqlite3 psql mysql redis-cli mongosh`)

// typedInto are programs with a pager or an editor of theirs, among those whose other
// arguments may name a shell.
var typedInto = words("git kubectl systemctl less more man crontab sudoedit")

// gitReads are subcommands that take a text from their input.
var gitReads = words("commit tag notes am apply merge hash-object mktree update-index update-ref fast-import cat-file check-ignore check-attr rev-list interpret-trailers pack-objects stash add rm checkout restore reset")

// typed looks for keys which start a shell out of a pager, an editor or a client that a
// program is fed.
func (b *builder) typed(c *call) {
	v := c.cmd.Stdin.Value
	if len(v) < 3 || len(v) > 512 || !c.cmd.Stdin.Known || strings.IndexByte(v, '!') < 0 {
		return
	}
	if textReaders[c.prog] || c.spec.text || interpreters[c.prog] || shells[c.prog] || quietShell[c.prog] && !typedInto[c.prog] ||
		c.prog == "git" && gitReads[c.word(0)] && c.arg("-F", "--file", "--file=-", "--stdin", "-") {
		return
	}
	for line := range strings.Lines(v) {
		line = strings.TrimSpace(line)
		code := strings.TrimLeft(line, ":~")
		if strings.HasPrefix(code, "!") && spawnsShell(strings.TrimLeft(code[1:], " ")) {
			b.act(ActShellSpawn, c.prog+" is fed "+line)
			return
		}
	}
}

// consoles read commands of their own, and start those of the shell for whoever types
// them.
var consoles = words("ftp tnftp pftp ncftp tftp lftp sftp smbclient telnet dc bc less more most man mail mailx s-nail nail mutt mysql mariadb psql sqlite3 duckdb sqlplus journalctl systemctl perldoc ranger")

// fromConsole looks at a command that one of them starts.
func (b *builder) fromConsole(k *shellcommand.Command) {
	n, m := len(k.Wrappers), len(k.Via)
	if n == 0 || m == 0 || k.Via[m-1] != shellcommand.ViaArgument {
		return
	}
	if w := &k.Wrappers[n-1]; consoles[w.Program] && len(w.Args) == 0 && k.Text != "" && !usualTool(k.Text) && !plainOutput[canonical(k.Program)] {
		b.actOf(ActCommandHook, w.Program, "runs "+k.Text)
	}
}

// plainOutput are programs that exports are sent through, and those that only look.
var plainOutput = words("gzip pigz zstd xz bzip2 gunzip zcat wc sort uniq column clear ls lls pwd date echo cat csvlook jq grep sed awk")
