package shellcommand

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWordsAreTheShells(t *testing.T) {
	runs(t, [][2]string{
		{`r\m -r\f /`, "rm -rf /"},
		{`"rm" '-rf' /`, "rm -rf /"},
		{`r""m -r''f /`, "rm -rf /"},
		{`$'\x72\x6d' -rf /`, "rm -rf /"},
		{`$'\162\155' -rf /`, "rm -rf /"},
		{`$'r\u006d' -rf /`, "rm -rf /"},
		{`{rm,-rf,/}`, "rm -rf /"},
		{`rm -rf /{etc,usr}`, "rm -rf /etc /usr"},
		{`echo {1..3}`, "echo 1 2 3"},
		{`rm -rf ~`, "rm -rf /home/u"},
		{`rm -rf ~/x ~root/y ~bob`, "rm -rf /home/u/x /root/y ~bob"},
		{`rm -rf "~"`, "rm -rf ~"},
		{`rm -rf $HOME`, "rm -rf /home/u"},
		{`rm -rf ${unset}/`, "rm -rf /"},
		{`rm -rf ${UNSET}/`, "rm -rf …/"},
		{`rm$IFS-rf$IFS/`, "rm -rf /"},
		{`rm${IFS}-rf${IFS}/`, "rm -rf /"},
		{`IFS=:; TOOL='rm:-rf:/'; $TOOL`, "rm -rf /"},
		{`r$@m -rf /`, "rm -rf /"},
		{`r${nothing}m -rf /`, "rm -rf /"},
		{`r${NOTHING}m -rf /`, "rm -rf /"},
		{"rm \\\n -rf \\\n /", "rm -rf /"},
		{`/b??/r? -rf /`, "rm -rf /"},
		{`/usr/bin/c?t /etc/shadow`, "cat /etc/shadow"},
		{`/bin/rm.exe x`, "rm x"},
		{`rm -rf $(pwd)`, "rm -rf /work/p"},
		{"rm -rf `pwd`/x", "rm -rf /work/p/x"},
		{`$(printf rm) -rf /`, "rm -rf /"},
		{`$(echo rm) -rf /`, "rm -rf /"},
		{"`echo rm` -rf /", "rm -rf /"},
		{`$(echo mr | rev) -rf /`, "rm -rf /"},
		{`"$(tr a-z b-za <<<ql)" -rf /`, "rm -rf /"},
		{`$0 -c 'rm -rf /'`, "rm -rf /"},
	})
}

func TestVariables(t *testing.T) {
	runs(t, [][2]string{
		{`X=rm; $X -rf /`, "rm -rf /"},
		{`X=r Y=m; $X$Y -rf /`, "rm -rf /"},
		{`X=r; X+=m; $X -rf /`, "rm -rf /"},
		{`X='rm -rf /'; $X`, "rm -rf /"},
		{`HOME=/tmp/x; rm -rf "$HOME"`, "rm -rf /tmp/x"},
		{`HOME=/tmp/example echo ok; rm -rf "$HOME"`, "rm -rf /home/u"},
		{`export X=rm; bash -c '"$X" -rf /'`, "rm -rf /"},
		{`declare TOOL={echo,rm}; "$TOOL" -rf /`, "rm -rf /"},
		{`readonly X=rm; $X /`, "rm /"},
		{`A=rm; declare -n B=A; $B -rf /`, "rm -rf /"},
		{`A=rm; B=A; ${!B} -rf /`, "rm -rf /"},
		{`f(){ local x=rm; $x -rf /; }; f`, "rm -rf /"},
		{`a=(rm -rf /); "${a[@]}"`, "rm -rf /"},
		{`a=(x rm); ${a[1]} -rf /`, "rm -rf /"},
		{`a=(x rm); ${a[-1]} -rf /`, "rm -rf /"},
		{`declare -A m; m[k]=rm; ${m[k]} -rf /`, "rm -rf /"},
		{`declare -A m=([k]=rm); ${m[k]} -rf /`, "rm -rf /"},
		{`read TOOL <<< rm; "$TOOL" -rf /`, "rm -rf /"},
		{`read a b <<< 'rm -rf'; $a $b /`, "rm -rf /"},
		{`printf -v X '%s%s' r m; $X -rf /`, "rm -rf /"},
		{`mapfile -t a <<< 'rm -rf /'; eval "${a[0]}"`, "rm -rf /"},
		{`for x in rm; do $x -rf /; done`, "rm -rf /"},
		{`for x in a b; do rm $x; done`, "rm a b"},
		{`for x in echo rm; do $x /etc; done`, "rm /etc"},
		{`x=/; rm -rf ${x:-y}`, "rm -rf /"},
		{`rm -rf ${nope:-/}`, "rm -rf /"},
		{`rm -rf ${NOPE:-/}`, "rm -rf /"},
		{`: ${x:=/etc}; rm -rf $x`, "rm -rf /etc"},
		{`x=1; eval "${x:+rm -rf /}"`, "rm -rf /"},
		{`x=rmx; ${x%x} -rf /`, "rm -rf /"},
		{`x=/a/b/rm; ${x##*/} -rf /`, "rm -rf /"},
		{`x=xrmx; ${x:1:2} -rf /`, "rm -rf /"},
		{`x=ram; ${x/a/} -rf /`, "rm -rf /"},
		{`x=RM; ${x,,} -rf /`, "rm -rf /"},
		{`set -- rm -rf /; "$@"`, "rm -rf /"},
		{`set -- a rm; shift; $1 -rf /`, "rm -rf /"},
		{`n=2; rm x$((n+1))`, "rm x3"},
		{`X=rm; (X=ls); $X /`, "rm /"},
		{`A=rm; declare A=echo B=$A; "$B" -rf /`, "echo -rf /"},
		{`if x; then A=1; else A=2; fi; rm $A`, "rm 1 2"},
		{`X=a; true || X=b; rm $X`, "rm a b"},
		{`$SUDO rm -rf /`, "rm -rf /"},
	})
}

func TestUnsetIsSaidBesidesUnknown(t *testing.T) {
	a := Analyze(`rm -rf "$BUILD_ROOT/"`, here)
	w := a.Commands[0].Args[1]
	require.False(t, w.Known)
	require.Equal(t, "/", w.IfUnset)
	// What an environment commonly has is not taken for unset.
	a = Analyze(`rm -rf "$TMPDIR/"`, here)
	require.Empty(t, a.Commands[0].Args[1].IfUnset)
	// What is assigned is known.
	a = Analyze(`BUILD_ROOT=/b; rm -rf "$BUILD_ROOT/"`, here)
	require.Equal(t, "/b/", a.Commands[1].Args[1].Value)
}

func TestExportedVariablesReachCommands(t *testing.T) {
	a := Analyze(`export TAR_OPTIONS=''; for v in '--to-command=x' ''; do TAR_OPTIONS="$v"; done; tar xf a`, here)
	var values []string
	for _, e := range find(t, a, "tar xf a").Env {
		values = append(values, e.Value.Value)
	}
	require.Contains(t, values, "--to-command=x")
	a = Analyze(`LD_PRELOAD=/tmp/x.so ls`, here)
	require.Equal(t, []Assign{{Name: "LD_PRELOAD", Value: Word{Value: "/tmp/x.so", Known: true}}}, a.Commands[0].Assigns)
}

func TestDirectories(t *testing.T) {
	for line, dir := range map[string]string{
		"cd /tmp && rm x":                  "/tmp",
		"cd sub; rm x":                     "/work/p/sub",
		"cd; rm x":                         "/home/u",
		"cd /a; cd -; rm x":                "/work/p",
		"(cd /tmp); rm x":                  "/work/p",
		"(cd /tmp; rm x)":                  "/tmp",
		"pushd /a; popd; rm x":             "/work/p",
		`cd "$UNKNOWN_DIR"; rm x`:          "",
		"if y; then cd /a; fi; rm x":       "",
		"env -C /srv rm x":                 "/srv",
		"cd ..; rm x":                      "/work",
		"cd /tmp || exit 1; rm x":          "/tmp",
		"f(){ cd /a; }; f; rm x":           "/a",
		"X=1 cd /a; rm x":                  "/a",
		"cd /a | true; rm x":               "/work/p",
		"bash -c 'cd /a; rm y'; rm x":      "/work/p",
		"eval 'cd /a'; rm x":               "/a",
		"for i in 1; do cd /a; done; rm x": "",
	} {
		t.Run(line, func(t *testing.T) {
			require.Equal(t, dir, find(t, Analyze(line, here), "rm x").Dir)
		})
	}
}
