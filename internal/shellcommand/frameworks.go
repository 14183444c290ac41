package shellcommand

import (
	"path"
	"strings"
)

// framework is a program, or a script of an interpreter, that runs code of a language
// by a subcommand.
type framework struct {
	sub      string // its names
	language string
	options  []string // whose value is code
	operand  bool     // the operand behind the subcommand is code
	input    bool     // the input is code, when nothing else is
}

// frameworks by program and by script.
var frameworks = map[string][]framework{
	"rails":        {{sub: "runner r", language: "ruby", operand: true, input: true}, {sub: "console c", language: "ruby", input: true}},
	"spring":       {{sub: "runner", language: "ruby", operand: true}},
	"django-admin": {{sub: "shell shell_plus", language: "python", options: []string{"-c", "--command"}, input: true}},
	"manage.py":    {{sub: "shell shell_plus", language: "python", options: []string{"-c", "--command"}, input: true}},
	"flask":        {{sub: "shell", language: "python", input: true}},
	"jupyter":      {{sub: "console run", language: "python", input: true}},
	"artisan":      {{sub: "tinker", language: "php", options: []string{"--execute"}, input: true}},
	"wp":           {{sub: "eval", language: "php", operand: true}, {sub: "shell", language: "php", input: true}},
	"drush":        {{sub: "php:eval eval ev php-eval", language: "php", operand: true}},
	"mix":          {{sub: "run eval", language: "elixir", options: []string{"-e", "--eval"}}},
	"sage":         {{language: "python", options: []string{"-c"}, input: true}},
	"blender":      {{language: "python", options: []string{"--python-expr"}}},
	"sops":         {{sub: "exec-env exec-file", operand: true}},
	"vault":        {{sub: "agent proxy", options: []string{"-exec"}}},
	"execlineb":    {{options: []string{"-c", "-Pc"}}},
	"az":           {{sub: "vm vmss", options: []string{"--scripts"}}},
}

// frameworkRun is such a program.
func frameworkRun(a *analyzer, k *command) { a.framework(k, k.name, k.args()) }

// framework follows the code that a program or a script is given with args.
func (a *analyzer) framework(k *command, name string, args []field) {
	for _, f := range frameworks[name] {
		rest := args
		if f.sub != "" {
			if len(args) == 0 || !strings.Contains(" "+f.sub+" ", " "+args[0].v+" ") {
				continue
			}
			rest = args[1:]
		}
		found := false
		for i := range rest {
			if v, ok := valueOf(rest, i, f.options...); ok {
				a.frameworkCode(k, f, v)
				found = true
			}
		}
		if f.operand {
			if ops := operands(rest, ""); len(ops) > 0 {
				a.frameworkCode(k, f, ops[len(ops)-1])
				found = true
			}
		}
		if f.input && !found && k.c.in != nil {
			a.consoleText(k, ipython, k.c.in.text)
			a.scriptStream(k, interpreters[f.language], k.c.in)
		}
		return
	}
}

func (a *analyzer) frameworkCode(k *command, f framework, code field) {
	switch {
	case f.language != "":
		a.interpret(k, interpreters[f.language], code)
	case k.name == "az":
		a.remoteCode(k, code)
	default:
		a.argumentCode(k, code)
	}
}

// scriptName is the name under which a script's own code is known.
func scriptName(f field) string { return path.Base(f.v) }

// ssmRun is aws ssm send-command: commands for other machines.
func ssmRun(a *analyzer, k *command) {
	args := k.args()
	if !hasArg(args, "send-command") {
		return
	}
	for i := range args {
		v, ok := valueOf(args, i, "--parameters")
		if !ok {
			continue
		}
		_, code, ok := strings.Cut(args[min(i+1, len(args)-1)].v, "commands")
		if !ok {
			return
		}
		var b strings.Builder
		for code = strings.TrimLeft(code, `":= [`); code != ""; {
			body := code
			if i := strings.IndexAny(code, `"'`); i >= 0 {
				body, code = code[:i], code[i+1:]
			} else {
				code = ""
			}
			if body = strings.Trim(body, ", ]}["); body != "" {
				b.WriteString(body + "\n")
			}
		}
		v.v = strings.TrimSpace(b.String())
		a.remoteCode(k, v)
	}
}

// bareShellRun is a program that starts a shell when it is given nothing to run.
func bareShellRun(a *analyzer, k *command) {
	if k.c.in != nil {
		a.shellText(k.fresh(ViaStdin), k, k.c.in, nil)
	}
}

// codesRun runs each of its operands as a command line: pee.
func codesRun(a *analyzer, k *command) {
	for i, f := range operands(k.args(), "") {
		if i < maxValues {
			a.argumentCode(k, f)
		}
	}
}
