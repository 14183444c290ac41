package shellcommand

import (
	"encoding/base64"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNestedCode(t *testing.T) {
	b64 := base64.StdEncoding.EncodeToString([]byte("rm -rf /"))
	hexed := hex.EncodeToString([]byte("rm -rf /"))
	const rm = "rm -rf /"
	var cases [][2]string
	for _, line := range []string{
		// shells
		`sh -c 'rm -rf /'`, `bash -lc 'rm -rf /'`, `bash -ec "rm -rf /"`, `zsh -c -- 'rm -rf /'`, `dash -c 'rm -rf /'`,
		`ksh -c 'rm -rf /'`, `mksh -c 'rm -rf /'`, `ash -c 'rm -rf /'`, `fish -c 'rm -rf /'`, `csh -c 'rm -rf /'`,
		`bash -o pipefail -c 'rm -rf /'`, `bash --norc -c 'rm -rf /'`, `bash -c '$0 -rf $1' rm /`, `bash -c '"$@"' x rm -rf /`,
		`bash -c "bash -c 'rm -rf /'"`, `/bin/bash -c 'rm -rf /'`, `bash -c "$(echo 'rm -rf /')"`,
		// eval and its like
		`eval rm -rf /`, `eval 'rm -rf' /`, `eval "$(printf 'rm -rf /')"`, `x='rm -rf /'; eval "$x"`, `eval eval eval rm -rf /`,
		`trap 'rm -rf /' EXIT`, `trap -- 'rm -rf /' 0 INT`, `. <(echo rm -rf /)`, `source /dev/stdin <<< 'rm -rf /'`,
		`alias cd='rm -rf'; cd /`, "shopt -s expand_aliases\nalias x='rm -rf'\nx /", `hash -p /bin/rm ls; ls -rf /`,
		`f(){ rm -rf /; }; f`, `f(){ "$@"; }; f rm -rf /`, `function f { rm -rf $1; }; f /`, `f(){ g; }; g(){ rm -rf /; }; f`,
		`coproc rm -rf /`, `coproc X { rm -rf /; }`, `mapfile -C 'rm -rf /' -c 1 a <<<'line'`,
		// fed to a shell
		"bash <<EOF\nrm -rf /\nEOF", "bash <<-'EOF'\n\trm -rf /\n\tEOF", `bash <<<'rm -rf /'`, `echo rm -rf / | sh`,
		`printf 'rm -rf /' | bash -s`, `echo 'rm -rf /' | sudo sh`, `cat <<EOF | sh
rm -rf /
EOF`, `echo rm -rf / | tee /tmp/x | bash`, `echo -e 'rm\x20-rf\x20/' | sh`, `(echo rm; echo -rf; echo /) | xargs env`,
		`{ echo 'rm -rf /'; } | bash`, `if true; then echo 'rm -rf /'; fi | sh`, `for x in 'rm -rf /'; do echo "$x"; done | sh`,
		`exec 3<<<'rm -rf /'; source /dev/fd/3`, `exec 3<<<'rm -rf /'; bash <&3`, `exec {fd}<<<'rm -rf /'; bash /dev/fd/$fd`,
		`bash <(echo rm -rf /)`, `bash < <(echo rm -rf /)`,
		// files
		`echo 'rm -rf /' > /tmp/x; bash /tmp/x`, `echo 'rm -rf /' > x.sh && chmod +x x.sh && ./x.sh`,
		"cat > x.sh <<'EOF'\nrm -rf /\nEOF\nsource x.sh", `echo rm -rf / | tee x >/dev/null; sh x`, `echo 'rm -rf /' >a; cp a b; sh b`,
		`echo 'rm -rf /' >a; mv a b; . ./b`, `echo '#!/bin/sh' >a; echo 'rm -rf /' >>a; ./a`, `printf 'rm -rf /' > x; sh < x`,
		`printf 'X=rm' >/tmp/c; source /tmp/c; "$X" -rf /`, `cat x > y; echo 'rm -rf /' > x; cat x | sh`,
		// decoders
		`echo ` + b64 + ` | base64 -d | sh`, `base64 --decode <<< ` + b64 + ` | bash`, `eval "$(echo ` + b64 + ` | base64 -d)"`,
		`bash -c "$(base64 -d <<<` + b64 + `)"`, `source <(echo ` + b64 + ` | base64 -d)`, `echo ` + b64 + ` | openssl base64 -d | sh`,
		`echo ` + b64 + ` | openssl enc -d -base64 -A | sh`, `echo ` + hexed + ` | xxd -r -p | sh`, `printf '\x72\x6d -rf /' | sh`,
		`echo '/ fr- mr' | rev | sh`, `echo 'sn -sg /' | tr 'b-z' 'a-y' | sh`, `echo 'RM -RF /' | tr A-Z a-z | sh`, `echo 'rXm -rf /' | tr -d X | bash`,
		`echo 'xm -rf /' | sed 's/x/r/' | sh`, `echo 'Zrm -rf /' | sed 's/^Z//' | sh`, `echo 'mr -fr /' | sed 's/mr/rm/; s/fr/rf/' | sh`, `echo 'xm -xf /' | sed y/x/r/ | sh`, `echo 'a:rm -rf /' | cut -d: -f2- | sh`, `$(which rm) -rf /`, `$(command -v rm) -rf /`, `sh <<< "${PATH:0:1}bin${HOME:0:1}rm -rf /"`,
		// make
		`make -s --eval 'x:;rm -rf /' x`, "make -f - <<'E'\nall: b\n\techo\nb:\n\t@rm -rf /\nE", `printf 'all:\n\trm -rf /\n' > Makefile; make`, "cat > m.mk <<'E'\nx:\n\tls\ny: ; rm -rf /\nE\nmake -f m.mk y",
		// of several values
		`A=x; declare A=rm B=$A; "$A" -rf /`, `A=rm; declare A=x B=$A; "$B" -rf /`, `export A=rm B=$A; $B -rf /`, `watch -n1 bash -c 'rm -rf /'`, `X=` + b64 + `; echo $X | base64 -d | sh`, `echo OJWSALLSMYQC6=== | base32 -d | sh`,
		// options that are commands
		`git -c core.pager='rm -rf /' log`, `git -c core.sshCommand='rm -rf /' fetch`, `git -c core.editor='rm -rf /' commit`,
		`git -c 'alias.x=!rm -rf /' x`, `git config alias.x '!rm -rf /'; git x`, `git rebase -x 'rm -rf /' HEAD~1`, `git bisect run rm -rf /`,
		`git submodule foreach 'rm -rf /'`, `git clone 'ext::rm -rf /' x`, `git filter-branch --tree-filter 'rm -rf /' HEAD`,
		`GIT_SSH_COMMAND='rm -rf /' git fetch`, `PAGER='rm -rf /' man ls`, `LESSOPEN='|rm -rf / # %s' less x`,
		`ssh -o ProxyCommand='rm -rf /' host`, `ssh -oLocalCommand='rm -rf /' host`, `scp -o 'KnownHostsCommand=rm -rf /' a b:c`,
		`tar xf a --to-command='rm -rf /'`, `tar cf a b --checkpoint=1 --checkpoint-action=exec='rm -rf /'`, `tar -I 'rm -rf /' -xf a`,
		`rsync -e 'rm -rf /' a b:c`, `rsync -avze 'rm -rf /' a b:c`, `vim -c ':!rm -rf /'`, `vim +'!rm -rf /'`, `ex -c '!rm -rf /' x`, `less '+!rm -rf /' x`,
		`man -P 'rm -rf /' ls`, `socat TCP:h:1 EXEC:'rm -rf /'`, `nc -e 'rm -rf /' h 1`, `at now <<< 'rm -rf /'`, `echo 'rm -rf /' | batch`,
		`split --filter='rm -rf /' x`, `tmux new -d 'rm -rf /'`, `tmux send-keys -t x 'rm -rf /' Enter`, `screen -dmS x rm -rf /`, `gdb -ex 'shell rm -rf /'`,
		`sqlite3 x '.shell rm -rf /'`, `psql -c '\! rm -rf /'`, `sed '1e rm -rf /' x`, `expect -c 'spawn rm -rf /'`,
		// interpreters
		`python3 -c 'import os; os.system("rm -rf /")'`, `python -c "import subprocess; subprocess.run(['rm', '-rf', '/'])"`,
		`python3 -c 'import subprocess as s; s.check_call("rm -rf /", shell=True)'`, `python3 -c 'from os import system; system("rm -rf /")'`,
		`python3 -c '__import__("os").system("rm" + " -rf /")'`, `python3 -c 'import os; os.execvp("rm", ["rm", "-rf", "/"])'`,
		`python3 -c 'import os; os.execl("/bin/rm", "rm", "-rf", "/")'`, `python3 -c 'c="rm -rf /"; import os; os.system(c)'`,
		`python3 -c 'import pty; pty.spawn(["rm", "-rf", "/"])'`, `python3 -c 'exec("import os; os.system(\"rm -rf /\")")'`,
		`python3 -c 'import base64,os; os.system(base64.b64decode("` + b64 + `").decode())'`,
		"python3 <<'EOF'\nimport os\nos.system('rm -rf /')\nEOF", `echo 'import os; os.system("rm -rf /")' | python3`,
		`python3 - <<< 'import os; os.popen("rm -rf /")'`, `echo 'import os; os.system("rm -rf /")' >x.py; python3 x.py`, `python3.11 -c 'import os; os.system("rm -rf /")'`,
		`perl -e 'system("rm -rf /")'`, `perl -e 'exec "rm", "-rf", "/"'`, "perl -e '`rm -rf /`'", `perl -e 'qx{rm -rf /}'`, `perl -ne 'system("rm -rf /")' x`,
		`perl -e 'open(F, "rm -rf / |")'`, `ruby -e 'system("rm", "-rf", "/")'`, "ruby -e '`rm -rf /`'", `ruby -e '%x(rm -rf /)'`, `ruby -e 'IO.popen("rm -rf /")'`,
		`ruby -e 'exec "rm -rf /"'`, `node -e 'require("child_process").execSync("rm -rf /")'`, `node --eval='require("child_process").exec("rm -rf /")'`,
		`node -e 'const {spawn}=require("child_process"); spawn("rm", ["-rf", "/"])'`, `node -e 'require("child_process").execFileSync("rm",["-rf","/"])'`,
		`php -r 'shell_exec("rm -rf /");'`, `php -r 'passthru("rm -rf /");'`, "php -r 'echo `rm -rf /`;'", `lua -e 'os.execute("rm -rf /")'`, `lua -e 'io.popen("rm -rf /")'`,
		`awk 'BEGIN{system("rm -rf /")}'`, `gawk 'BEGIN { "rm -rf /" | getline }'`, `awk 'BEGIN { print "x" | "rm -rf /" }'`,
		`osascript -e 'do shell script "rm -rf /"'`, `bun -e 'Bun.spawn(["rm", "-rf", "/"])'`,
		// other shells
		`pwsh -c "bash -c 'rm -rf /'"`, `cmd /c "rm -rf /"`,
		// control flow and operators
		`if false; then rm -rf /; fi`, `if true; then :; elif x; then :; else rm -rf /; fi`, `while false; do rm -rf /; done`, `until x; do rm -rf /; done`,
		`case x in a) rm -rf /;; esac`, `for ((i=0;i<1;i++)); do rm -rf /; done`, `select x in a; do rm -rf /; done`, `! rm -rf /`, `true && rm -rf /`, `false || rm -rf /`,
		`rm -rf / &`, `(rm -rf /)`, `{ rm -rf /; }`, `time rm -rf /`, `[[ $(rm -rf /) ]]`, `echo $((1 + $(rm -rf /)))`, `x[$(rm -rf /)]=1`, `echo ${x:-$(rm -rf /)}`,
		`declare x=$(rm -rf /)`, "echo x >`rm -rf /`", `cat <(rm -rf /)`, `ls | tee >(rm -rf /)`, `cat <<EOF
$(rm -rf /)
EOF`, `true | rm -rf /`, `a=$(rm -rf /) b`, `export X=$(rm -rf /)`, `case $(rm -rf /) in x) ;; esac`, `[ -n "$(rm -rf /)" ]`,
		// behind syntax errors
		"echo 'unterminated; rm -rf /" + "\nrm -rf /", "& rm -rf /", "if x; then\nrm -rf /", ") ; rm -rf /", "echo (x\nrm -rf /\n", "done; rm -rf /",
		"cat <<EOF\nx\nEOF\n)\nrm -rf /",
	} {
		cases = append(cases, [2]string{line, rm})
	}
	runs(t, cases)
}

func TestVias(t *testing.T) {
	for line, via := range map[string][]Via{
		`sh -c 'rm x'`:                   {ViaShell},
		`eval 'rm x'`:                    {ViaEval},
		`echo $(rm x)`:                   {ViaSubstitution},
		`cat <(rm x)`:                    {ViaProcess},
		`. <(echo rm x)`:                 {ViaSource},
		`echo rm x | sh`:                 {ViaStdin},
		`echo cm0geA== | base64 -d | sh`: {ViaStdin, ViaDecoded},
		`git -c core.pager='rm x' log`:   {ViaArgument},
		`perl -e 'system("rm x")'`:       {ViaInterpreter},
		`f(){ rm x; }; f`:                {ViaFunction},
		`alias f='rm x'; f`:              {ViaAlias},
		`trap 'rm x' EXIT`:               {ViaTrap},
		`echo rm x > f; sh f`:            {ViaFile},
		`bash -c 'eval "rm x"'`:          {ViaShell, ViaEval},
	} {
		require.Equal(t, via, find(t, Analyze(line, here), "rm x").Via, line)
	}
}

// What only looks like a command is none.
func TestLookAlikes(t *testing.T) {
	for _, line := range []string{
		"cat > README.md <<'EOF'\nNever run rm -rf / here.\nEOF", "cat <<EOF >notes\nrm -rf /\nEOF",
		`git commit -m "never rm -rf / again"`, "git commit -F - <<EOF\nrm -rf /\nEOF", "git commit -m \"$(cat <<'EOF'\nrm -rf /\nEOF\n)\"",
		`grep "rm -rf" docs/`, `echo rm -rf /`, `echo "rm -rf /" > notes.txt`, `printf 'rm -rf /'`, `command -v rm`, `which rm`, `type rm`,
		`f(){ rm -rf /; }`, `alias x='rm -rf /'`, `# rm -rf /`, `X='rm -rf /'`, `export X='rm -rf /'`, `[ "$x" = "rm -rf /" ]`, `[[ $x == *"rm -rf /"* ]]`,
		`python3 -c 'print("rm -rf /")'`, `python3 -c 'x = "rm -rf /"; print(x)'`, `node -e '/x/.exec("rm -rf /")'`, `python3 -c 'import re; re.compile("rm -rf /")'`,
		`jq '.x == "rm -rf /"' f`, `sed 's/rm -rf/x/' f`, `awk '/rm -rf/ {print}' f`, `gh pr create --body "rm -rf /"`, `tee notes <<< 'rm -rf /'`,
		`ls /bin/rm`, `man rm`, `git log --grep='rm -rf /'`, `find . -name 'rm*'`, `docker build -t rm .`, `kubectl get pods`,
		`curl -d 'rm -rf /' https://x`, `ssh-keygen -t rsa -C 'rm -rf /'`, `crontab -l`, `trap - EXIT`, `x() { echo rm; }; x`,
	} {
		t.Run(line, func(t *testing.T) {
			a := Analyze(line, here)
			consistent(t, a)
			for i := range a.Commands {
				require.NotEqual(t, "rm", a.Commands[i].Program, "%q", all(a))
			}
			require.Empty(t, a.Opaque)
		})
	}
}

func TestOpacity(t *testing.T) {
	for line, want := range map[string][]Opacity{
		`$CMD_NAME_X x`:                          nil, // an unset variable is no word
		`"$(cat f)" x`:                           {OpaqueProgram},
		`eval "$(curl x)"`:                       {OpaqueShellCode},
		`bash -c "$(cat f)"`:                     {OpaqueShellCode},
		`curl x | sh`:                            {OpaqueShellCode},
		`source <(curl x)`:                       {OpaqueShellCode},
		`base64 -d f | sh`:                       {OpaqueShellCode, OpaqueDecoded},
		`gunzip -c f | sh`:                       {OpaqueShellCode, OpaqueDecoded},
		`openssl enc -d -aes-256-cbc -in f | sh`: {OpaqueShellCode, OpaqueDecoded},
		`curl x | python3`:                       {OpaqueInterpreter},
		`python3 -c "$(curl x)"`:                 {OpaqueInterpreter},
		`python3 -c 'import os,sys; os.system(sys.argv[1])'`: {OpaqueInterpreter},
		`eval "$(ssh-agent -s)"`:                             nil,
		`eval "$(direnv hook bash)"`:                         nil,
		`source <(kubectl completion bash)`:                  nil,
		`eval "$(/opt/homebrew/bin/brew shellenv)"`:          nil,
		`bash script.sh`:                                     nil,
		`python3 script.py`:                                  nil,
		`cd "$DIR" && make`:                                  nil,
		`rm -rf node_modules ./build`:                        nil,
	} {
		require.Equal(t, want, Analyze(line, here).Opaque, line)
	}
}

func TestScriptsAreShown(t *testing.T) {
	require.Equal(t, `open("/etc/shadow")`, Analyze(`python3 -c 'open("/etc/shadow")'`, here).Commands[0].Script)
	require.Equal(t, "print 1\n", Analyze("perl <<'X'\nprint 1\nX", here).Commands[0].Script)
	require.Equal(t, "{print $1}", Analyze("awk '{print $1}' f", here).Commands[0].Script)
}
