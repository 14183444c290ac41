package shellcommand

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWrappersAreUnwrapped(t *testing.T) {
	for line, wrappers := range map[string]string{
		"sudo rm -rf /":                                   "sudo",
		"sudo -u root -g wheel -- rm -rf /":               "sudo",
		"sudo -nEu root A=1 rm -rf /":                     "sudo",
		"sudo --user=root rm -rf /":                       "sudo",
		"sudo --user root rm -rf /":                       "sudo",
		"doas -u root rm -rf /":                           "doas",
		"su root -c 'rm -rf /'":                           "su",
		"su - -c 'rm -rf /'":                              "su",
		"runuser -u bob -- rm -rf /":                      "runuser",
		"pkexec --user root rm -rf /":                     "pkexec",
		"run0 rm -rf /":                                   "run0",
		"gosu root rm -rf /":                              "gosu",
		"env -i A=1 rm -rf /":                             "env",
		"env -u X -S 'rm -rf' /":                          "env",
		"env -S'rm -rf /'":                                "env",
		"env --split-string='A=1 rm -rf /'":               "env",
		"command rm -rf /":                                "command",
		"builtin exec rm -rf /":                           "builtin exec",
		"exec -a x rm -rf /":                              "exec",
		"nohup nice -n 5 rm -rf / &":                      "nohup nice",
		"nice -19 rm -rf /":                               "nice",
		"ionice -c2 -n7 rm -rf /":                         "ionice",
		"timeout -k 5 10s rm -rf /":                       "timeout",
		"timeout --signal=KILL 10 rm -rf /":               "timeout",
		"setsid -f rm -rf /":                              "setsid",
		"stdbuf -oL -e 0 rm -rf /":                        "stdbuf",
		"time -p rm -rf /":                                "time",
		"/usr/bin/time -f %e rm -rf /":                    "time",
		"watch -n 1 'rm -rf /'":                           "watch",
		"watch -d -n1 rm -rf /":                           "watch",
		"chroot /mnt rm -rf /":                            "chroot",
		"unshare -r -n rm -rf /":                          "unshare",
		"nsenter -t 1 -m -p -- rm -rf /":                  "nsenter",
		"flock /tmp/l rm -rf /":                           "flock",
		"flock -n /tmp/l -c 'rm -rf /'":                   "flock",
		"taskset -c 0,1 rm -rf /":                         "taskset",
		"taskset 0x1 rm -rf /":                            "taskset",
		"chrt -f 10 rm -rf /":                             "chrt",
		"strace -f -o /tmp/x rm -rf /":                    "strace",
		"ltrace -e malloc rm -rf /":                       "ltrace",
		"gdb -q --args rm -rf /":                          "gdb",
		"script -qc 'rm -rf /' /dev/null":                 "script",
		"script -q /dev/null rm -rf /":                    "script",
		"script -q /dev/null -c 'rm -rf /'":               "script",
		"busybox rm -rf /":                                "busybox",
		"toybox rm -rf /":                                 "toybox",
		"sudo timeout 5 env A=1 busybox nice rm -rf /":    "sudo timeout env busybox nice",
		"setpriv --reuid 0 rm -rf /":                      "setpriv",
		"capsh -- -c 'rm -rf /'":                          "capsh",
		"systemd-run --unit=x -p A=b rm -rf /":            "systemd-run",
		"start-stop-daemon --start --exec rm -- -rf /":    "start-stop-daemon",
		"cpulimit -l 50 -- rm -rf /":                      "cpulimit",
		"softlimit -m 100 rm -rf /":                       "softlimit",
		"choom -n 5 -- rm -rf /":                          "choom",
		"multitime -n 2 rm -rf /":                         "multitime",
		"perf stat -e x rm -rf /":                         "perf",
		"valgrind --leak-check=full rm -rf /":             "valgrind",
		"rlwrap -a rm -rf /":                              "rlwrap",
		"unbuffer rm -rf /":                               "unbuffer",
		"ls | entr rm -rf /":                              "entr",
		"echo / | xargs rm -rf":                           "xargs",
		"echo / | xargs -I{} rm -rf {}":                   "xargs",
		"echo / | xargs -n1 -P 4 rm -rf":                  "xargs",
		"parallel rm -rf ::: /":                           "parallel",
		"parallel 'rm -rf {}' ::: /":                      "parallel",
		"echo / | parallel rm -rf":                        "parallel",
		"ssh -p 22 -i k host rm -rf /":                    "ssh",
		"ssh host 'rm -rf /'":                             "ssh",
		"docker exec -it -u root box rm -rf /":            "docker",
		"docker run --rm -v /:/mnt --name x img rm -rf /": "docker",
		"docker compose exec web rm -rf /":                "docker",
		"podman run img sh -c 'rm -rf /'":                 "podman",
		"kubectl exec -n x pod -c c -- rm -rf /":          "kubectl",
		"kubectl -n x exec pod -it -- rm -rf /":           "kubectl",
		"lxc exec box -- rm -rf /":                        "lxc",
		"nerdctl exec box rm -rf /":                       "nerdctl",
		"npx -y rm -rf /":                                 "npx",
		"npx -c 'rm -rf /'":                               "npx",
		"npm exec -- rm -rf /":                            "npm",
		"uv run rm -rf /":                                 "uv",
		"poetry run rm -rf /":                             "poetry",
		"bundle exec rm -rf /":                            "bundle",
		"find /x -exec rm -rf / ;":                        "find",
		`find /x -name y -ok rm -rf / \;`:                 "find",
	} {
		t.Run(line, func(t *testing.T) {
			a := Analyze(strings.ReplaceAll(line, "/ ;", `/ \;`), here)
			consistent(t, a)
			var names []string
			for _, w := range find(t, a, "rm -rf /").Wrappers {
				names = append(names, w.Program)
			}
			require.Equal(t, wrappers, strings.Join(names, " "))
		})
	}
}

func TestWrappersAlone(t *testing.T) {
	runs(t, [][2]string{
		{"command -v rm", "command -v rm"},
		{"sudo -l", "sudo -l"},
		{"sudo -e /etc/sudoers", "sudo -e /etc/sudoers"},
		{"env", "env"},
		{"sudo -i", "sudo -i"},
		{"sudo su -", "su -"},
		{"nice", "nice"},
		{"taskset -p 12", "taskset -p 12"},
	})
	require.NotContains(t, all(Analyze("command -v rm", here)), "rm")
}

func TestFindIsACommandItself(t *testing.T) {
	a := Analyze(`find /etc /usr -type f -delete`, here)
	require.Equal(t, []string{"find /etc /usr -type f -delete"}, all(a))
	a = Analyze(`find /etc /usr -name x -execdir rm -f {} + -exec echo {} \;`, here)
	find(t, a, "rm -f /etc/…/x /usr/…/x")
	find(t, a, "echo /etc/…/x /usr/…/x")
}

func TestXargs(t *testing.T) {
	a := Analyze("curl evil | xargs ash -c", here)
	require.Equal(t, []EdgeKind{EdgeArgument}, kinds(t, a, "curl evil", "ash -c …"))
	require.Contains(t, a.Opaque, OpaqueShellCode)
	a = Analyze(`printf '/a\n/b\n' | xargs -I % rm -rf %/x`, here)
	find(t, a, "rm -rf /a/x")
	a = Analyze(`printf '/a\0/b' | xargs -0 rm`, here)
	require.Equal(t, "rm", a.Commands[1].Program)
	a = Analyze("xargs rm < list", here)
	find(t, a, "rm …")
}

func TestVia(t *testing.T) {
	a := Analyze("ssh host 'sudo rm /x'", here)
	require.Equal(t, []Via{ViaRemote}, find(t, a, "rm /x").Via)
	require.Empty(t, find(t, a, "rm /x").Dir)
	a = Analyze("docker exec c sh -c 'rm /x'", here)
	require.Equal(t, []Via{ViaContainer, ViaShell}, find(t, a, "rm /x").Via)
}

func TestEnvTakesAssignmentsAsTheyAre(t *testing.T) {
	a := Analyze("env GIT_SSH_COMMAND=/tmp/x git fetch", Options{})
	require.NotEmpty(t, a.Commands)
	require.Equal(t, "GIT_SSH_COMMAND", a.Commands[0].Assigns[0].Name)
}
