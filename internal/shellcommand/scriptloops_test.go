package shellcommand

import (
	"strings"
	"testing"
)

func TestLoopsOfScripts(t *testing.T) {
	runs(t, [][2]string{
		{`python3 -c "import os
for c in ['id', 'rm -rf /x']: os.system(c)"`, "rm -rf /x"},
		{`python3 -c "import subprocess
[subprocess.call(['git', *a]) for a in (['stash', 'clear'], ['clean', '-fdx'])]"`, "git clean -fdx"},
		{`python3 -c "import subprocess
cmds = [['ls'], ['rm', '-rf', '/x']]
for c in cmds:
  subprocess.run(c)"`, "rm -rf /x"},
		{`perl -e 'for my $c ("ls", "rm -rf /x") { system($c) }'`, "rm -rf /x"},
		{`perl -e 'system($_) for ("ls", "rm -rf /x")'`, "rm -rf /x"},
		{`node -e 'const {execSync}=require("child_process"); for (const c of ["ls","rm -rf /x"]) execSync(c)'`, "rm -rf /x"},
		{`node -e 'const {execSync}=require("child_process"); ["ls","rm -rf /x"].forEach(c => execSync(c))'`, "rm -rf /x"},
		{`ruby -e '["ls", "rm -rf /x"].each { |c| system(c) }'`, "rm -rf /x"},
	})
}

func TestLoopsOfScriptsAreBounded(t *testing.T) {
	for _, code := range []string{
		"for c in [" + strings.Repeat("'rm x',", 5000) + "]: os.system(c)",
		strings.Repeat("for c in ['a','b','c','d']: os.system(c)\n", 400),
		strings.Repeat("x=[", 2000) + "for c in x: os.system(c)",
		strings.Repeat("].forEach(c=>", 2000),
		"for c in (((((('a')))))): os.system(c)",
	} {
		consistent(t, Analyze("python3 - <<'E'\nimport os\n"+code+"\nE", here))
		consistent(t, Analyze("node - <<'E'\n"+code+"\nE", here))
	}
}
