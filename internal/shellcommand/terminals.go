package shellcommand

import "strings"

// muxRun is tmux: the commands of sessions and windows, and keys that are typed.
func muxRun(a *analyzer, k *command) {
	opts, _, rest := (&wrapper{short: "cfLST"}).split(k.args())
	for _, o := range opts {
		if o.name == "c" {
			a.argumentCode(k, o.value)
		}
	}
	for len(rest) > 0 && a.step() {
		end := 0
		for end < len(rest) && rest[end].v != ";" && (end == 0 || !strings.HasSuffix(rest[end-1].v, ";")) {
			end++
		}
		a.muxCommand(k, rest[:end])
		rest = rest[min(end+1, len(rest)):]
	}
}

// muxSpecs are the options that take a value of tmux's commands that run something.
var muxSpecs = map[string]string{
	"new-session": "sntcxyFe", "new": "sntcxyFe", "new-window": "sntcxyFe", "neww": "sntcxyFe",
	"split-window": "sntcxyFelp", "splitw": "sntcxyFelp", "respawn-pane": "tce", "respawnp": "tce", "respawn-window": "tce", "respawnw": "tce",
	"run-shell": "tdc", "run": "tdc", "if-shell": "t", "if": "t", "popup": "sntcxyFelEwhdTbS", "display-popup": "sntcxyFelEwhdTbS",
	"pipe-pane": "t", "pipep": "t", "send-keys": "tNc", "send": "tNc", "set-hook": "t", "set-option": "t", "set": "t", "setw": "t", "bind-key": "TN", "bind": "TN",
}

func (a *analyzer) muxCommand(k *command, args []field) {
	if len(args) == 0 {
		return
	}
	short, ok := muxSpecs[args[0].v]
	if !ok {
		return
	}
	_, _, cmd := (&wrapper{short: short}).split(args[1:])
	switch args[0].v {
	case "send-keys", "send":
		typed(a, k, cmd)
		return
	case "set-option", "set", "setw":
		for _, f := range cmd { // #(cmd) in a status line
			if _, code, ok := strings.Cut(f.v, "#("); ok {
				v := f
				v.v, _, _ = strings.Cut(code, ")")
				a.argumentCode(k, v)
			}
			if len(cmd) > 1 && (cmd[0].v == "default-command" || cmd[0].v == "default-shell" || cmd[0].v == "editor") {
				a.argumentCode(k, cmd[1])
				return
			}
		}
		return
	case "set-hook", "bind-key", "bind":
		if len(cmd) > 1 {
			words := cmd[1:]
			if len(words) == 1 {
				words = a.splitText(&k.c, words[0].v)
			}
			a.muxCommand(k, words)
		}
		return
	case "if-shell", "if":
		cmd = cmd[:min(1, len(cmd))]
	}
	if len(cmd) > 0 {
		a.argumentCode(k, join(cmd))
	}
}

// typed is what keys make that are typed into a terminal.
func typed(a *analyzer, k *command, keys []field) {
	for len(keys) > 0 {
		switch keys[len(keys)-1].v {
		case "Enter", "C-m", "ENTER", "KPEnter", "C-j", "Return", `\n`, `\r`:
			keys = keys[:len(keys)-1]
			continue
		}
		break
	}
	if len(keys) > 0 {
		f := join(keys)
		f.v = strings.TrimRight(strings.NewReplacer(`\n`, "\n", `\r`, "\n", "\r", "\n", `\015`, "\n", "^M", "\n").Replace(f.v), "\n ")
		a.argumentCode(k, f)
	}
}

// screenRun is screen: a session's command, and keys that are typed.
func screenRun(a *analyzer, k *command) {
	args := k.args()
	for i, f := range args {
		if f.v != "-X" || i+2 >= len(args) {
			continue
		}
		switch args[i+1].v {
		case "stuff":
			typed(a, k, args[i+2:])
		case "exec", "screen":
			rest := args[i+2:]
			for len(rest) > 1 && strings.Trim(rest[0].v, ".!:|") == "" {
				rest = rest[1:]
			}
			inner := k.inner(args[:i+2], "")
			inner.argv = rest
			a.run(&inner)
		}
		return
	}
	_, _, cmd := (&wrapper{short: "SchTtpesL"}).split(args)
	if len(cmd) > 0 && !hasArg(args, "-r", "-x", "-ls", "-list") {
		inner := k.inner(args[:len(args)-len(cmd)], "")
		inner.argv = cmd
		a.run(&inner)
	}
}

// terminalRun is a terminal: -e, -x or -- and a command, which may be one word.
func terminalRun(a *analyzer, k *command) {
	args := k.args()
	for i, f := range args {
		name, value, has := strings.Cut(f.v, "=")
		switch name {
		case "--command", "--execute":
			v := f
			if v.v = value; !has && i+1 < len(args) {
				v = args[i+1]
			}
			a.argumentCode(k, v)
			return
		case "-e", "-x", "--":
			if i+1 == len(args) {
				return
			}
			if rest := args[i+1:]; len(rest) == 1 {
				a.argumentCode(k, rest[0])
			} else {
				inner := k.inner(args[:i+1], "")
				inner.argv = rest
				a.run(&inner)
			}
			return
		}
	}
}

// typeRun is a program that types into a window: xdotool type, zellij action
// write-chars, kitty @ send-text, wezterm cli send-text; and what opens one.
func typeRun(a *analyzer, k *command) {
	args := k.args()
	for i, f := range args {
		switch f.v {
		case "type", "write-chars", "send-text":
			_, _, keys := (&wrapper{long: wordSet("delay window match pane-id")}).split(args[i+1:])
			typed(a, k, keys)
			return
		}
	}
	terminalRun(a, k)
}
