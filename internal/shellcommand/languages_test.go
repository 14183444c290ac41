package shellcommand

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLanguagesRunCommands(t *testing.T) {
	var cases [][2]string
	for _, line := range []string{
		`emacs --batch --eval '(shell-command "rm -rf /")'`, `emacs -Q --batch --eval '(call-process "rm" nil nil nil "-rf" "/")'`, `emacs -batch -eval '(start-process "x" nil "rm" "-rf" "/")'`,
		`guile -c '(system "rm -rf /")'`, `guile -c '(system* "rm" "-rf" "/")'`, `sbcl --non-interactive --eval "(run-program \"/bin/rm\" '(\"-rf\" \"/\"))"`, `sbcl --eval '(uiop:run-program "rm -rf /")'`,
		`clojure -M -e '(clojure.java.shell/sh "rm" "-rf" "/")'`, `bb -e '(babashka.process/shell "rm -rf /")'`, `racket -e '(system "rm -rf /")'`,
		`groovy -e '"rm -rf /".execute()'`, `groovy -e '["rm", "-rf", "/"].execute()'`, `scala -e 'import sys.process._; "rm -rf /".!'`, `jshell <<< 'Runtime.getRuntime().exec("rm -rf /")'`, `echo 'new ProcessBuilder("rm","-rf","/").start();' | jshell`,
		`elixir -e 'System.cmd("rm", ["-rf", "/"])'`, `elixir -e ':os.cmd(~c"rm -rf /")'`, `erl -noshell -eval 'os:cmd("rm -rf /").' -s init stop`, "julia -e 'run(`rm -rf /`)'", `raku -e 'shell "rm -rf /"'`,
		`R -e 'system("rm -rf /")'`, `Rscript -e 'system2("rm", c("-rf", "/"))'`, `R --no-save <<< 'system("rm -rf /")'`, `rust-script -e 'std::process::Command::new("rm").args(["-rf","/"]).status()'`, `rust-script -e 'Command::new("rm").arg("-rf").arg("/").spawn()'`,
		"cat > x.go <<'G'\npackage main\nimport \"os/exec\"\nfunc main(){ exec.Command(\"rm\",\"-rf\",\"/\").Run() }\nG\ngo run x.go", `ghc -e 'System.Process.callCommand "rm -rf /"'`,
		`ocaml -e 'Sys.command "rm -rf /"'`, `swipl -g "shell('rm -rf /')" -t halt`, `octave --eval 'system("rm -rf /")'`, `crystal eval 'system("rm -rf /")'`, `rake -e 'sh "rm -rf /"'`,
		`deno eval 'new Deno.Command("rm",{args:["-rf","/"]}).outputSync()'`, `deno run -A - <<< 'Deno.run({cmd:["rm","-rf","/"]})'`, `mongosh --nodb --eval 'child_process.execSync("rm -rf /")'`, `bpftrace --unsafe -e 'BEGIN { system("rm -rf /"); }'`,
		`python3 -m timeit 'import os; os.system("rm -rf /")'`, `python3 -m timeit -n 1 -s 'import os' 'os.system("rm -rf /")'`, `python3 -m pdb -c '!import os; os.system("rm -rf /")' x.py`,
		`echo 'rm -rf /' | perl -ne 'system $_'`, `echo 'rm -rf /' | python3 -c 'import os,sys; os.system(sys.stdin.read())'`, `latex '\immediate\write18{rm -rf /}'`, `cpan <<< '! system("rm -rf /")'`, `pdflatex -shell-escape '\input{|rm -rf /}'`,
	} {
		cases = append(cases, [2]string{line, "rm -rf /"})
	}
	runs(t, cases)
}

func TestFrameworksRunCode(t *testing.T) {
	var cases [][2]string
	for _, line := range []string{
		`rails runner 'system("rm -rf /")'`, `bin/rails console <<< 'system("rm -rf /")'`, `django-admin shell -c 'import os; os.system("rm -rf /")'`, `python manage.py shell --command='import os; os.system("rm -rf /")'`,
		`./manage.py shell <<< 'import os; os.system("rm -rf /")'`, `flask shell <<< 'import os; os.system("rm -rf /")'`, `php artisan tinker --execute='system("rm -rf /");'`, `wp eval 'system("rm -rf /");'`,
		`mix run -e 'System.cmd("rm", ["-rf", "/"])'`, `sage -c 'import os; os.system("rm -rf /")'`, `blender -b --python-expr 'import os; os.system("rm -rf /")'`, `jupyter console <<< '!rm -rf /'`,
		`pueue add -- rm -rf /`, `pueue add 'rm -rf /'`, `sops exec-env f 'rm -rf /'`, `vault agent -exec='rm -rf /'`, `pee 'rm -rf /'`, `lerna exec 'rm -rf /'`, `nx exec -- rm -rf /`, `tini -- rm -rf /`, `ssh-agent bash -c 'rm -rf /'`,
		`unshare -r <<< 'rm -rf /'`, `script -q /dev/null <<< 'rm -rf /'`, `fakeroot <<< 'rm -rf /'`, `newgrp docker <<< 'rm -rf /'`,
		`perl -e 'exec @ARGV' rm -rf /`, `ruby -e 'exec *ARGV' rm -rf /`, `awk 'BEGIN{system(ARGV[1])}' 'rm -rf /'`,
		`aws ssm send-command --parameters 'commands=["ls","rm -rf /"]'`, `az vm run-command invoke -n x --scripts 'rm -rf /'`, `trap 'rm -rf "$d"' EXIT; d=/`,
	} {
		cases = append(cases, [2]string{line, "rm -rf /"})
	}
	runs(t, cases)
}

func TestHooksOfToolsRunCommands(t *testing.T) {
	var cases [][2]string
	for _, line := range []string{
		`go test -exec 'rm -rf /' ./...`, `go build -toolexec='rm -rf /' ./...`, `java -XX:OnOutOfMemoryError='rm -rf /' X`, `apt-get -o APT::Update::Pre-Invoke::='rm -rf /' update`, `apt -oDpkg::Post-Invoke::='rm -rf /' install x`,
		`dpkg --pre-invoke='rm -rf /' -i x`, `rpm --eval '%(rm -rf /)'`, `rpm -E '%{lua:os.execute("rm -rf /")}'`, `bazel run --run_under='rm -rf /' //x`, `zip x y -T -TT 'rm -rf /'`,
		`concurrently 'rm -rf /' ls`, `npx concurrently -n a,b 'ls' 'rm -rf /'`, `onchange x -- rm -rf /`, `hyperfine --prepare 'rm -rf /' ls`, `tox exec -- rm -rf /`, `nix run nixpkgs#bash -- -c 'rm -rf /'`, `yarn exec 'rm -rf /'`,
		`strace -o '|rm -rf /' ls`, `ls | entr -s 'rm -rf /'`, `cross-env A=1 rm -rf /`, `git ls-remote 'ext::sh -c rm% -rf% /'`, `git send-email --sendmail-cmd='rm -rf /' x`,
		`GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.pager GIT_CONFIG_VALUE_0='rm -rf /' git log`, `GIT_CONFIG_PARAMETERS="'core.pager=rm -rf /'" git log`, `CARGO_TARGET_X_RUNNER='rm -rf /' cargo run`, `LESS='+!rm -rf /' less x`,
		`PS4='$(rm -rf /)' bash -x s`, `x='$(rm -rf /)'; echo "${x@P}"`, `printf -v 'a[$(rm -rf /)]' x`, `test -v 'a[$(rm -rf /)]'`, `read 'a[$(rm -rf /)]' <<< x`, `compgen -W '$(rm -rf /)'`, `complete -C 'rm -rf /' x`,
		`fish -C 'rm -rf /'`, `nu -c 'rm -rf /'`, `xonsh -c 'rm -rf /'`, `osh -c 'rm -rf /'`,
		`cmake -E rm -rf /`, `cmake -E env A=1 rm -rf /`, `cmake -P /dev/stdin <<< 'execute_process(COMMAND rm -rf /)'`, `echo 'file(REMOVE_RECURSE /)' > x.cmake; cmake -P x.cmake`,
		"just -f - <<'J'\nx:\n  rm -rf /\nJ", `just --command rm -rf /`, `make -E 'x:;rm -rf /' x`, `make --eval='$(shell rm -rf /)'`, `make SHELL='rm -rf /' x`,
		`tmux -c 'rm -rf /'`, `tmux pipe-pane -t x 'rm -rf /'`, `tmux set-hook -g session-created 'run-shell "rm -rf /"'`, `tmux set -g status-right '#(rm -rf /)'`, `tmux new -d \; send-keys 'rm -rf /' Enter`, `tmux bind x run-shell 'rm -rf /'`,
		`screen -S x -X stuff 'rm -rf /\n'`, `screen -S x -p 0 -X stuff $'rm -rf /\r'`, `screen -S x -X exec rm -rf /`, `zellij run -- rm -rf /`, `zellij action write-chars 'rm -rf /'`, `xterm -e 'rm -rf /'`, `gnome-terminal -- rm -rf /`, `xdotool type 'rm -rf /'`,
		`echo 'rm -rf /' | tee >(sh)`, `cat <<< 'rm -rf /' > >(sh)`, `exec 3> >(sh); echo 'rm -rf /' >&3`, `mkfifo p; sh < p & echo 'rm -rf /' > p`, `coproc sh; echo 'rm -rf /' >&"${COPROC[1]}"`,
	} {
		cases = append(cases, [2]string{line, "rm -rf /"})
	}
	runs(t, cases)
}

func TestFleets(t *testing.T) {
	for _, line := range []string{
		`salt '*' cmd.run 'rm -rf /'`, `pssh -h hosts 'rm -rf /'`, `pdsh -w h rm -rf /`, `vagrant ssh -c 'rm -rf /'`, `gcloud compute ssh vm --command='rm -rf /'`, `fly ssh console -C 'rm -rf /'`,
	} {
		require.Equal(t, []Via{ViaRemote}, find(t, Analyze(line, here), "rm -rf /").Via, line)
	}
}

// What only has the form of such a program's code.
func TestLanguagesOfEveryDay(t *testing.T) {
	for _, line := range []string{
		`emacs --batch --eval '(message "rm -rf /")'`, `groovy -e 'println "rm".toUpperCase()'`, `R -e 'print("rm -rf /")'`, `go test -run 'rm' ./...`, `java -Dx='rm -rf /' X`, `apt-get -o Debug=rm install x`, `rpm -E '%{rm}'`,
		`concurrently -n rm 'ls'`, `tmux rename-window rm`, `tmux set -g status-right rm`, `screen -S rm -ls`, `cmake -E echo rm`, `cmake -DX=rm ..`, `make X='$(rm)' y`, `test -n 'a[x] $(y'`, `printf '%s' 'a[$(rm)]'`, `complete -F rm x`, `just rm`,
		`salt '*' test.ping rm`, `xterm -title rm`, `PS1='$(whoami)' bash; : rm`, `bun run rm`, `elixir -e 'IO.puts("rm")'`, `rake rm`,
	} {
		a := Analyze(line, here)
		consistent(t, a)
		for i := range a.Commands {
			require.NotEqual(t, "rm", a.Commands[i].Program, "%s: %q", line, all(a))
		}
	}
}
