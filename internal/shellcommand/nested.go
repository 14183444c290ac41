package shellcommand

import (
	"slices"
	"strings"
)

func isShell(name string) bool {
	switch name {
	case "sh", "bash", "zsh", "dash", "ksh", "ksh93", "mksh", "ash", "fish", "csh", "tcsh", "yash", "rbash", "pdksh", "oksh", "posh", "lksh", "rzsh", "hush":
		return true
	}
	return false
}

// codeOf analyses the text of a word as shell code: of sh -c, eval, trap, an option
// that is a command. c says where it stands.
func (a *analyzer) codeOf(c ctx, k *command, f field, args []field) {
	if f.decoded {
		c = c.within(ViaDecoded)
	}
	c.cond, c.redirs = k.c.cond, k.c.redirs
	if strings.Trim(f.v, Unknown+" \t\n;") == "" {
		if f.v != "" && strings.Contains(f.v, Unknown) && !a.trusted(f.from) {
			a.opaqueCode(ids(f.from))
			c.sh.sourced = true
		}
		return
	}
	if args != nil {
		c.sh.args = values(args)
	}
	a.code(c, f.v)
}

func ids(from []source) []int {
	out := make([]int, len(from))
	for i, s := range from {
		out[i] = s.id
	}
	return out
}

// opaqueCode notes that code is not known, with its reason.
func (a *analyzer) opaqueCode(from []int) {
	a.opaque(OpaqueShellCode)
	for _, id := range from {
		if id >= 0 && id < len(a.out.Commands) && isDecoder(&a.out.Commands[id]) {
			a.opaque(OpaqueDecoded)
			return
		}
	}
}

// isDecoder reports whether a command makes its output by decoding, decompressing
// or decrypting.
func isDecoder(c *Command) bool {
	switch c.Program {
	case "base64", "base32", "basenc", "gbase64":
		return hasWord(c.Args, "-d", "-D", "--decode", "-di", "-id")
	case "xxd":
		return hasWord(c.Args, "-r", "-rp", "-r-p", "-revert")
	case "openssl":
		return hasWord(c.Args, "-d", "-decrypt") || hasWord(c.Args, "-A")
	case "gzip", "bzip2", "xz", "zstd", "lz4", "brotli":
		return hasWord(c.Args, "-d", "-dc", "-cd", "--decompress", "-dk")
	case "gunzip", "zcat", "bzcat", "xzcat", "zstdcat", "bunzip2", "unxz", "uudecode", "rev", "tr", "gpg", "age":
		return true
	}
	return false
}

func hasWord(ws []Word, any ...string) bool {
	for _, w := range ws {
		if slices.Contains(any, w.Value) {
			return true
		}
	}
	return false
}

// trusted reports whether code comes only from programs that print code for this
// purpose, such as eval "$(ssh-agent -s)" and source <(kubectl completion bash).
func (a *analyzer) trusted(from []source) bool {
	if len(from) == 0 {
		return false
	}
	for _, s := range from {
		if s.id < 0 || s.id >= len(a.out.Commands) || !printsCode(&a.out.Commands[s.id]) {
			return false
		}
	}
	return true
}

func printsCode(c *Command) bool {
	switch c.Program {
	case "ssh-agent", "direnv", "starship", "zoxide", "dircolors", "gdircolors", "brew", "pyenv", "rbenv", "nodenv", "goenv",
		"jenv", "fnm", "mise", "rtx", "asdf", "opam", "luarocks", "thefuck", "atuin", "mcfly", "keychain", "gpg-agent",
		"register-python-argcomplete", "resize", "lesspipe", "lesspipe.sh", "conda", "mamba", "micromamba", "hub", "minikube",
		"docker-machine", "fzf", "tput", "vault", "gh", "kubectl", "helm", "oh-my-posh", "pip", "pip3", "npm", "yq", "path_helper":
		if c.Program == "npm" || c.Program == "pip" || c.Program == "pip3" || c.Program == "gh" || c.Program == "kubectl" ||
			c.Program == "helm" || c.Program == "vault" {
			return len(c.Args) > 0 && (strings.HasPrefix(c.Args[0].Value, "completion") || strings.HasPrefix(c.Args[0].Value, "autocomplete"))
		}
		return true
	}
	return len(c.Args) > 0 && (c.Args[0].Value == "completion" || c.Args[0].Value == "completions" || c.Args[0].Value == "shellenv") &&
		!strings.ContainsAny(c.Path, "/")
}

// shellText analyses what a shell reads from a stream or a file.
func (a *analyzer) shellText(c ctx, k *command, s *stream, args []field) {
	if s == nil {
		return
	}
	if s.decoded {
		c = c.within(ViaDecoded)
	}
	if strings.Trim(s.text, Unknown+" \t\n;") == "" {
		if strings.Contains(s.text, Unknown) {
			for _, id := range s.from {
				if id < len(a.out.Commands) && printsCode(&a.out.Commands[id]) {
					return
				}
			}
			a.opaqueCode(s.from)
			again := *k
			a.await(s, func(text string) { a.shellText(c, &again, &stream{text: text}, args) })
			if c.sh == k.c.sh {
				c.sh.sourced = true
			}
		}
		return
	}
	if args != nil {
		c.sh.args = values(args)
	}
	c.redirs = k.c.redirs
	c.in = nil
	a.code(c, s.text)
}
