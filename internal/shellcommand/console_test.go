package shellcommand

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestConsolesRunCommands(t *testing.T) {
	var cases [][2]string
	for _, line := range []string{
		// what is fed to them
		`ftp <<< '!rm -rf /'`, `echo '!rm -rf /' | ftp`, "ftp -n h <<EOF\nuser x\n!rm -rf /\nEOF", `telnet <<< '! rm -rf /'`, `sftp h <<< '!rm -rf /'`, `sftp -b - h <<< '!rm -rf /'`,
		`lftp <<< '!rm -rf /'`, `lftp -c 'open h; !rm -rf /'`, `lftp -e '!rm -rf /' h`, `dc -e '!rm -rf /'`, `dc <<< '!rm -rf /'`, `bc <<< '!rm -rf /'`, `smbclient //h/s -c '!rm -rf /'`,
		`ed <<< '!rm -rf /'`, `printf 'a\ntext\n.\n!rm -rf /\n' | ed f`, `printf 'r !rm -rf /\n' | ed`, `printf ',w !rm -rf /\n' | ed -s f`, `ex -s f <<< '%!rm -rf /'`, `vi <<< ':!rm -rf /'`, `vim -es <<< 'r! rm -rf /'`,
		`less f <<< '!rm -rf /'`, `echo '!rm -rf /' | man ls`, `more f <<< '!rm -rf /'`, `mail -s x u <<< '~!rm -rf /'`, `mailx --exec='!rm -rf /'`, `mutt u <<< '~!rm -rf /'`,
		`gdb <<< 'shell rm -rf /'`, `echo '!rm -rf /' | gdb -q`, `gdb -x - <<< 'shell rm -rf /'`, `gdb -ex 'python import os; os.system("rm -rf /")'`, `gdb -ex 'call (int)system("rm -rf /")' -p 1`,
		`lldb -o 'platform shell rm -rf /'`, `lldb -b -o 'script import os; os.system("rm -rf /")'`, `mysql <<< '\! rm -rf /'`, `mysql -e 'select 1; system rm -rf /'`, `echo 'system rm -rf /' | mariadb -u x`,
		`psql <<< '\! rm -rf /'`, `psql -tAc '\! rm -rf /'`, `psql <<< '\o |rm -rf /'`, `psql -c "copy t from program 'rm -rf /'"`, `psql -c "\copy t to program 'rm -rf /'"`,
		`sqlite3 x <<< '.shell rm -rf /'`, `sqlite3 x .tables '.system rm -rf /'`, `sqlite3 x '.once |rm -rf /'`, `sqlite3 -cmd '.shell rm -rf /' x`, `duckdb x -c '.shell rm -rf /'`,
		`sqlplus u/p <<< 'host rm -rf /'`, `gnuplot -e 'system("rm -rf /")'`, `gnuplot <<< '!rm -rf /'`, `ghci -e ':!rm -rf /'`, `r2 -qc '!rm -rf /' f`, `ipython -c '!rm -rf /'`,
		`ftp < <(echo '!rm -rf /')`, `echo '!rm -rf /' > f; ftp < f`, `yes '!rm -rf /' | ftp`, `journalctl <<< '!rm -rf /'`, `ranger --cmd='shell rm -rf /'`, `vifm -c '!rm -rf /'`, `yes rm -rf / | sh`, `printf '\x12\x18rm -rf /\n' | nano`,
		// editors
		`vim -c ':silent !rm -rf /'`, `vim -c 'silent! exe "!rm -rf /"'`, `vim -c 'terminal rm -rf /'`, `nvim --headless +'lua os.execute("rm -rf /")' +q`, `vim -c 'py3 import os; os.system("rm -rf /")'`,
		`vim -es -c 'call system("rm -rf /")' -c q`, `nano -s 'rm -rf /' x`, `nano --speller='rm -rf /' x`, `echo ':!rm -rf /' > s; vim -S s`,
		// Tcl
		`expect -c 'spawn rm -rf /'`, `expect -c 'spawn -noecho rm -rf /; interact'`, `expect <<< 'exec rm -rf /'`, `tclsh <<< 'puts [exec rm -rf / >@stdout]'`, `tclsh <<< 'if {1} { exec sh -c {rm -rf /} }'`,
		`echo 'exec rm -rf /' > x.tcl; tclsh x.tcl`, `tclsh <<< 'set f [open "|rm -rf /"]'`, `expect -c 'spawn bash; send "rm -rf /\r"; expect eof'`,
	} {
		cases = append(cases, [2]string{line, "rm -rf /"})
	}
	runs(t, cases)
}

// A mark alone is the shell itself.
func TestConsolesGiveAShell(t *testing.T) {
	for _, line := range []string{`ftp <<< '!'`, `gdb -ex shell`, `vim -c ':sh'`, `vim -c 'term'`, `echo .shell | sqlite3`} {
		require.Contains(t, all(Analyze(line, here)), "sh", line)
	}
}

func TestConsolesOfEveryDay(t *testing.T) {
	for _, line := range []string{
		"ftp h <<EOF\nget rm\nEOF", `psql -c 'select * from rm'`, `psql <<< '\dt rm'`, `sqlite3 x 'select "rm"'`, `sqlite3 x .tables`, `mysql -e "select 'system rm'"`,
		`mysql -e 'show variables; select system from rm'`, `printf 'a\n!rm\n.\nw\n' | ed f`, "vim -c 's/x/!rm/' f", `gdb -batch -ex 'p rm' -ex bt f`, `bc <<< '2 * rm'`, `echo '# title' | less`,
		"less <<'EOF'\n![rm](rm.png)\nEOF", "mail u <<'EOF'\nrm it\n!rm\nEOF", `expect -c 'send "rm\r"'`, `vim -c 'echo system' rm`, `less +/rm f`, `dc -e '1 2 + p'`,
	} {
		a := Analyze(line, here)
		consistent(t, a)
		for i := range a.Commands {
			require.NotEqual(t, "rm", a.Commands[i].Program, "%s: %q", line, all(a))
		}
	}
}
