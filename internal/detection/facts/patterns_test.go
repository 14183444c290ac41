package facts

import "testing"

func TestPatternsOfPaths(t *testing.T) {
	each(t, `
read:credential ← cat ~/.a[!x]s/cred*
read:credential ← head ~/.ss?/id_ed[a-z]*
read:system_auth ← cat /etc/sh[!x]dow
!read:credential ← cat ~/.s?h/known_hosts
!read:credential ← cat ~/.conf*/app.toml
agent.config ← find ~ -path '*/.cursor/mcp.json' -exec cp /tmp/m {} ';'
agent.config ← find . -name .mcp.json | xargs -I% sh -c 'echo {} > %'
persist.profile ← find /home -name .zshrc -exec sh -c 'echo x.sh >> {}' ';'
persist.profile ← find ~ -name .profile -print0 | xargs -0 sed -i '1i /tmp/x'
!agent.config ← find . -name .mcp.json -exec cat {} +
!persist.profile ← find ~ -name .bashrc -exec cat {} +
!agent.config ← find . -name '*.go' -exec sed -i s/a/b/ {} +
`)
}
