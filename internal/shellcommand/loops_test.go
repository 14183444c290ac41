package shellcommand

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLoopsThatBuild(t *testing.T) {
	runs(t, [][2]string{
		{`s='/ fr- mr'; for ((i=${#s}-1; i>=0; i--)); do r+=${s:i:1}; done; eval "$r"`, "rm -rf /"},
		{`s=hsab; r=; for ((i=0;i<${#s};i++)); do r="${s:$i:1}$r"; done; $r x.sh`, "bash x.sh"},
		{`s='x mr'; while [ -n "$s" ]; do r="${s:0:1}$r"; s="${s:1}"; done; $r`, "rm x"},
		{`s=lruc; i=${#s}; while ((i>0)); do ((i--)); c+=${s:i:1}; done; $c x`, "curl x"},
		{`s=hs; n=1; while [[ $n -ge 0 ]]; do r+=${s:$n:1}; n=$((n-1)); done; $r x`, "sh x"},
		{`for c in n c; do p=$p$c; done; $p -l 1`, "nc -l 1"},
		{`for c in t e n; do p=$c$p; done; $p`, "net"},
		{`w=(w g e t); IFS=; p="${w[*]}"; $p x`, "wget x"},
		{`w=(w get); "$(IFS=; echo "${w[*]}")" x`, "wget x"},
		{`w=(a b); IFS=,; echo "${w[*]}"`, "echo a,b"},
		{`w=(a b); echo "${w[*]}"`, "echo «a b»"},
	})
}

func TestFirstLetterOfPaths(t *testing.T) {
	runs(t, [][2]string{
		{`p=$PATH; rm -rf ${p:0:1}etc`, "rm -rf /etc"},
		{`q="$PWD"; p=$q; rm -rf "${p:0:1}usr"`, "rm -rf /usr"},
		{`p=x$PATH; rm ${p:0:1}etc`, "rm …etc"},
		{`p=$FOO; rm ${p:0:1}etc`, "rm …etc"},
	})
}

func TestLoopsThatBuildAreBounded(t *testing.T) {
	for _, code := range []string{
		"for ((i=0;i<1000000;i++)); do r+=x; done; $r",
		"for ((i=0;i>=0;i++)); do r+=$r$r; done",
		"r=xx; for ((i=0;i<500;i++)); do r=$r$r; done; $r",
		"while [ 1 -eq 1 ]; do r+=x; done; $r y",
		"while ((1>0)); do :; done",
		strings.Repeat("for ((i=0;i<500;i++)); do r+=x; done; ", 300),
		"for a in 1 2; do for b in 1 2; do r+=$a$b; done; done",
		"for ((i=0;i<n;i++)); do r+=x; done",
	} {
		consistent(t, Analyze(code, here))
	}
	require.NotContains(t, all(Analyze("while [ 1 -eq 1 ]; do r+=x; done; $r y", here)), "x y")
}
