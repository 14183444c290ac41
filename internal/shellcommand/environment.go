package shellcommand

import "strings"

// codeVariables are environment variables whose value is a command that the
// programs run which look at them.
var codeVariables = wordSet(`GIT_SSH_COMMAND GIT_SSH GIT_PAGER GIT_EDITOR GIT_SEQUENCE_EDITOR GIT_EXTERNAL_DIFF GIT_ASKPASS
	GIT_PROXY_COMMAND SSH_ASKPASS SUDO_ASKPASS PAGER MANPAGER EDITOR VISUAL SUDO_EDITOR FCEDIT PROMPT_COMMAND LESSOPEN LESSCLOSE
	BROWSER RSYNC_RSH CVS_RSH PERL5DB SYSTEMD_PAGER SYSTEMD_EDITOR PSQL_PAGER PSQL_EDITOR AUTOM4TE TAR_RSH RUSTC_WRAPPER
	RUSTC_WORKSPACE_WRAPPER CARGO_BUILD_RUSTC_WRAPPER AWS_PAGER GH_PAGER GH_EDITOR KUBE_EDITOR HGEDITOR SVN_EDITOR SVN_SSH DELTA_PAGER BAT_PAGER`)

// prompts are expanded by a shell as if they stood in double quotes.
var prompts = wordSet("PS0 PS1 PS2 PS4 PROMPT RPROMPT")

// environment runs the commands that a command's own variables name.
func (a *analyzer) environment(k *command) {
	for i, as := range k.assigns {
		if as.Value.Value == "" {
			continue
		}
		name, f := as.Name, text(strings.TrimLeft(as.Value.Value, "|- "))
		switch {
		case codeVariables[name], strings.HasPrefix(name, "CARGO_TARGET_") && strings.HasSuffix(name, "_RUNNER"):
		case prompts[name] && (strings.Contains(f.v, "$(") || strings.Contains(f.v, "`")):
			f.v = `: "` + strings.ReplaceAll(f.v, `"`, `\"`) + `"`
		case name == "LESS" && strings.Contains(f.v, "+!"):
			f.v = f.v[strings.Index(f.v, "+!")+2:]
		case strings.HasPrefix(name, "GIT_CONFIG_KEY_"):
			n := name[len("GIT_CONFIG_KEY_"):]
			for _, v := range k.assigns {
				if v.Name == "GIT_CONFIG_VALUE_"+n {
					a.gitSetting(k, k.assigns[i].Value.Value, text(v.Value.Value))
				}
			}
			continue
		case name == "GIT_CONFIG_PARAMETERS":
			for _, w := range a.splitText(&k.c, f.v) {
				key, value, _ := strings.Cut(w.v, "=")
				a.gitSetting(k, key, text(value))
			}
			continue
		default:
			continue
		}
		if !f.known() && strings.Trim(f.v, Unknown) == "" {
			continue
		}
		was := k.name
		if len(k.argv) == 0 {
			k.argv = []field{text("")}
		}
		c := k.fresh(ViaArgument)
		c.in = nil
		a.codeOf(c, k, f, nil)
		k.name = was
	}
}
