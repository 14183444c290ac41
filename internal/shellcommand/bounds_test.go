package shellcommand

import (
	"bufio"
	"encoding/json"
	"os"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// bombs are commands made to cost much.
func bombs() map[string]string {
	rep := strings.Repeat
	doubling := "a=xxxxxxxxxxxxxxxx;"
	for range 40 {
		doubling += "a=$a$a;"
	}
	tree := "f0(){ rm x; };"
	for i := range 30 {
		n, m := string(rune('a'+i%26))+rep("q", i/26), string(rune('a'+(i+1)%26))+rep("q", (i+1)/26)
		tree += m + "(){ " + n + ";" + n + "; };"
	}
	return map[string]string{
		"nested substitutions": rep("$(", 20_000) + rep(")", 20_000),
		"open substitutions":   rep("$(", 60_000),
		"quoted substitutions": rep(`"$(`, 20_000),
		"parentheses":          rep("(", 60_000),
		"arithmetic":           "echo $((" + rep("(", 20_000) + "1" + rep(")", 20_000) + "))",
		"unary":                "echo $((" + rep("- ", 30_000) + "1))",
		"not":                  rep("! ", 30_000) + "x",
		"tests":                "[[ " + rep("! ", 30_000) + "x ]]",
		"ifs":                  rep("if ", 20_000),
		"cases":                rep("case x in a) ", 4000),
		"whiles":               rep("while x; do ", 5000),
		"parameters":           rep("${a:-", 10_000) + rep("}", 10_000),
		"backquotes":           rep("`", 60_001),
		"pipes":                rep("a|", 30_000) + "a",
		"ands":                 rep("a&&", 20_000) + "a",
		"lines":                rep("rm x\n", 12_000),
		"bad lines":            rep("rm 'x\n)\n", 8000),
		"bad words":            rep("(rm ' \" `;", 6000),
		"braces":               "echo " + rep("{a,b}", 1000),
		"sequence":             "echo {1..1000000000} {1..1000000000}{1..1000000000}",
		"nested braces":        rep("{a,", 10_000) + rep("}", 10_000),
		"doubling":             doubling + "echo $a | sh",
		"replacing":            "a=" + rep("x", 4000) + ";" + rep("a=${a//x/xxxx};", 500),
		"patterns":             "a=" + rep("a", 4000) + ";" + rep("b=${a%%*a*a*a*a*a*b};", 200),
		"words":                "rm " + rep("x ", 500_000),
		"one word":             "rm " + rep("x", 1<<20),
		"heredoc":              "cat <<EOF\n" + rep("rm -rf / $(x)\n", 80_000) + "EOF\nrm tail",
		"heredocs":             rep("cat <<E\nx\nE\n", 4000),
		"functions":            tree + "z",
		"recursion":            "f(){ f; f; g; }; g(){ f; g; }; f; g",
		"evals":                "eval " + rep("eval ", 10_000) + "rm x",
		"eval doubling":        "a='$a$a$a$a'; " + rep("eval eval \"$a$a\";", 50),
		"base64":               "echo " + rep("QUFB", 12_000) + rep(" | base64 | base64 -d", 200) + " | sh",
		"xargs":                "seq 1 | " + rep("xargs ", 10_000) + "rm",
		"sudo":                 rep("sudo ", 10_000) + "rm x",
		"env":                  rep("env -S 'env ", 5000),
		"find":                 "find " + rep("/x ", 3000) + rep(`-exec rm {} \; `, 3000),
		"variables":            rep("for i in 1 2 3 4 5 6 7 8 9; do ", 300) + "rm $i" + rep("; done", 300),
		"product":              "for a in {1..30}; do for b in {1..30}; do sudo $a $b $a$b; done; done",
		"globs":                "/" + rep("*?[a-z]", 5000) + " x",
		"python":               "python3 -c '" + rep("os.system(", 10_000) + "'",
		"python brackets":      "python3 -c '" + rep("x=[[[(((", 6000) + "'",
		"python strings":       "python3 -c '" + rep(`a=a+"x";`, 6000) + "'",
		"python quotes":        "python3 -c '" + rep(`"""`, 15_000) + "'",
		"perl":                 "perl -e '" + rep("qx{", 15_000) + "'",
		"awk":                  "awk '" + rep(`system($0);`, 6000) + "' <<< x",
		"awk pipes":            "awk 'BEGIN{" + rep(`x=x "a" x; print x | "sh";`, 2500) + "}'",
		"awk brackets":         "awk '" + rep("system((", 8000) + "'",
		"awk expressions":      "awk '" + rep(`"a" `, 12_000) + "| getline'",
		"awk getlines":         "awk '" + rep(`"a" | getline;`, 4000) + "'",
		"awk fields":           "awk -F, '" + rep("x=$NF $NF;", 1000) + "{print x|\"sh\"}' <<< '" + rep("a,", 20_000) + "'",
		"awk lines":            "awk '" + rep("x=$0 $0;", 1000) + "{print x|\"sh\"}' <<< '" + rep("a b ", 20_000) + "'",
		"tcl nesting":          "tclsh <<'E'\n" + rep("exec [exec [exec ", 5500) + "\nE\n",
		"tcl braces":           "tclsh -c '" + rep("exec {", 15_000) + "'",
		"tcl quotes":           "tclsh -c '" + rep("exec \"", 15_000) + "'",
		"console":              "ftp <<E\n" + rep("!rm x\n", 10_000) + "E\n",
		"console parts":        "mysql -e '" + rep("system rm x;", 5000) + "'",
		"editor":               "vim " + rep(`-c 'exe "sil! exe exe !x"' `, 2500),
		"ed":                   "ed <<E\n" + rep("!ed x\na\n.\n", 5000) + "E\n",
		"tcl":                  "tclsh <<'E'\n" + rep("exec {{{ [exec ", 4000) + "\nE\n",
		"tcl commands":         "tclsh <<'E'\n" + rep("spawn bash; send \"expect -c 'spawn x'\"\n", 1500) + "E\n",
		"multiplexer":          "tmux " + rep(`send-keys 'tmux new x' Enter \; `, 1500),
		"lisp":                 "guile -c '" + rep(`(system `, 7000) + "'",
		"cmake":                "cmake -P - <<E\n" + rep("execute_process(COMMAND ", 2500) + "\nE\n",
		"make functions":       "make --eval='" + rep("$(shell ", 6000) + "'",
		"sinks":                "echo rm x " + rep("| tee >(sh) ", 400),
		"waiting":              "mkfifo p;" + rep("sh < p & echo rm x > p;", 2000),
		"concurrently":         "concurrently " + rep("'concurrently x' ", 3000),
		"files":                rep("echo x >> f; cat f >> g; cat g >> f;", 1500),
		"redirects":            "cat " + rep(">f ", 15_000),
		"descriptors":          rep("exec {a}>f;", 5000),
		"traps":                rep("trap '", 10_000),
		"aliases":              rep("alias a='a a' b='a b';", 2000) + "a b",
		"git":                  "git " + rep("-c alias.x='!git x' ", 3000) + "x",
		"controls":             rep("\x01\x1b[2J\x00", 10_000),
		"not UTF-8":            rep("\xff\xfe", 30_000),
		"tr":                   "echo " + rep("a", 60_000) + rep(" | tr a-z b-za", 200) + " | sh",
		"printf":               "printf '" + rep("%s", 20_000) + "' " + rep("x ", 10_000),
		"coproc":               rep("coproc ", 9000),
		"dots":                 "cd " + rep("../", 20_000) + ";" + rep("cd ../x;", 5000),
	}
}

func TestBombsAreBounded(t *testing.T) {
	for name, line := range bombs() {
		t.Run(name, func(t *testing.T) {
			for kind, analyze := range map[string]func(string, Options) *Analysis{"sh": Analyze, "powershell": AnalyzePowerShell} {
				start := time.Now()
				a := analyze(line, here)
				took := time.Since(start)
				consistent(t, a)
				size := 0
				for i := range a.Commands {
					for _, w := range a.Commands[i].Args {
						size += len(w.Value)
					}
				}
				require.Less(t, size, 16<<20)
				// All take less than 0.2 s on an idle core. The limit is for what has none
				// (a minute and more), also on a busy machine under the race detector.
				require.Less(t, took, 5*time.Second, kind)
			}
		})
	}
}

func TestBoundsAreSaid(t *testing.T) {
	for name, line := range map[string]string{
		"long":     "rm x\n" + strings.Repeat("#", 100_000) + "\ngit reset --hard",
		"commands": strings.Repeat("rm x\n", 2000),
		"nesting":  strings.Repeat("$(", 300) + "rm",
		"words":    "rm " + strings.Repeat("x ", 10_000),
	} {
		a := Analyze(line, here)
		require.True(t, a.Truncated, name)
		require.Contains(t, a.Opaque, OpaqueBound, name)
	}
	require.False(t, Analyze("rm x", here).Truncated)
}

func TestBothEndsOfALongCommandAreRead(t *testing.T) {
	a := Analyze("rm head\n"+strings.Repeat("# "+strings.Repeat("x", 98)+"\n", 3000)+"rm tail", here)
	find(t, a, "rm head")
	find(t, a, "rm tail")
	// A here-document that fills it is text, not code.
	a = Analyze("cat > f <<'EOF'\n"+strings.Repeat("rm -rf /\n", 30_000)+"EOF\nrm tail\n", here)
	find(t, a, "rm tail")
	for i := range a.Commands {
		require.NotEqual(t, "rm -rf /", shown(&a.Commands[i]))
	}
	a = Analyze("cat > f <<'EOF'\n"+strings.Repeat("rm -rf /\n", 30_000), here)
	require.Equal(t, []string{"cat"}, all(a))
}

// corpus are the recorded commands, where they are.
func corpus(tb testing.TB) []string {
	tb.Helper()
	f, err := os.Open("../../../shared/testdata/detection/commands-dev.jsonl")
	if err != nil {
		tb.Skip("no recorded commands here: ", err)
	}
	defer f.Close()
	var out []string
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r struct{ Command string }
		require.NoError(tb, json.Unmarshal(lines.Bytes(), &r))
		out = append(out, r.Command)
	}
	require.NoError(tb, lines.Err())
	return out
}

func TestRecordedCommands(t *testing.T) {
	commands := corpus(t)
	var took []time.Duration
	for _, line := range commands {
		start := time.Now()
		a := Analyze(line, here)
		took = append(took, time.Since(start))
		consistent(t, a)
		require.False(t, a.Truncated, line)
		if line != "" && line[0] != '#' {
			require.NotEmpty(t, a.Commands, line)
		}
		consistent(t, AnalyzePowerShell(line, here))
	}
	sort.Slice(took, func(i, j int) bool { return took[i] < took[j] })
	t.Logf("p50 %v, p99 %v, longest %v of %d", took[len(took)/2], took[len(took)*99/100], took[len(took)-1], len(took))
	require.Less(t, took[len(took)/2], time.Millisecond)
}

func TestMemoryIsNotShared(t *testing.T) {
	// Analyses share parsers and tables; what one found is not changed by another.
	a := Analyze("sudo rm -rf /a /b | tee x", here)
	want := all(a)
	for range 100 {
		Analyze("doas cat /c /d > y; f(){ z; }; f", here)
	}
	require.Equal(t, want, all(a))
}

func FuzzAnalyze(f *testing.F) {
	for _, line := range []string{
		"", "rm -rf ${X}/", "sudo env A=1 bash -c \"$(curl x)\"", "cat <<EOF | sh\nx\nEOF", "f(){ f; }; f", "a=(1 2); ${a[@]:1}", "exec {f}<> >(x)",
		"echo Y20= | base64 -d | sh", "python3 -c 'os.system(\"x\")'", "find . -exec rm {} +", "git -c alias.x='!y' x", "x='y", "{1..9}", "coproc x; read -u ${COPROC[0]}",
		"perl -e 'qx{a}'", "awk 'BEGIN{system(\"x\")}'", "${x//a/b}${y%%*}", "ssh h 'a | b'", "trap 'x' 0", "xargs -I{} sh -c '{}' <<< a", "printf -v a '%b' '\\x41'", "mapfile -C x a < <(y)",
		"iex (iwr x)", "& {rm x}", "$a='x'; iex $a", "k8s\xa0\xd9>&", "x `", "$(",
	} {
		f.Add(line)
	}
	for _, line := range bombs() {
		if len(line) < 4096 {
			f.Add(line)
		}
	}
	f.Fuzz(func(t *testing.T, line string) {
		// Without the guard of Analyze: a panic of ours is a fault.
		for _, powershell := range []bool{false, true} {
			a := newAnalyzer(here)
			start := time.Now()
			if powershell {
				a.powershellLine(line)
			} else {
				a.shellLine(line)
			}
			if took := time.Since(start); took > 3*time.Second {
				t.Fatalf("took %v", took)
			}
			consistent(t, &a.out)
		}
	})
}

func BenchmarkAnalyze(b *testing.B) {
	for name, line := range map[string]string{
		"simple": "ls -la src",
		"usual":  "cd /work/p && go test ./... 2>&1 | tail -20",
		"nested": `sudo env A=1 bash -c "X=rm; \$X -rf /tmp/x" && find . -name '*.go' -exec grep -l x {} \;`,
		"commit": "git add -A && git commit -m \"$(cat <<'EOF'\nA title\n\nA body of some lines.\nEOF\n)\" && git push",
		"4KB":    strings.Repeat("for f in a b c; do grep -n \"x\" \"$f\" | sort | head -5; done\n", 64),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Analyze(line, here)
			}
		})
	}
	b.Run("recorded", func(b *testing.B) {
		commands := corpus(b)
		i := 0
		for b.Loop() {
			Analyze(commands[i%len(commands)], here)
			i++
		}
	})
}
