package shellcommand

import (
	"strings"
	"sync"
)

// programs is what is known of programs, by base name. It is read only.
var programs = sync.OnceValue(func() map[string]*program {
	t := make(map[string]*program, 512)
	addBuiltins(t)
	addShells(t)
	addWrappers(t)
	addRunners(t)
	addFilters(t)
	addInterpreters(t)
	addConsoles(t)
	return t
})

func addBuiltins(t map[string]*program) {
	for name, handle := range map[string]func(*analyzer, *command){
		"cd": cdRun, "pushd": cdRun, "popd": popdRun, "chdir": cdRun, "alias": aliasRun, "unalias": unaliasRun, "hash": hashRun,
		"unset": unsetRun, "set": setRun, "shift": shiftRun, "read": readRun, "mapfile": mapfileRun, "readarray": mapfileRun, "trap": trapRun,
	} {
		t[name] = &program{handle: handle, builtin: true, silent: true, deaf: name != "read" && name != "mapfile" && name != "readarray"}
	}
	for name := range strings.FieldsSeq(": true false test [ exit return break continue wait umask ulimit shopt enable bind bg fg disown suspend complete compgen compopt getopts let times local export declare typeset readonly setopt unsetopt autoload zmodload emulate bindkey caller logout sleep") {
		t[name] = &program{builtin: name != "sleep", silent: true, deaf: true}
	}
	for name := range strings.FieldsSeq("jobs history fc dirs help kill print") {
		t[name] = &program{builtin: true, deaf: true}
	}
	for name := range strings.FieldsSeq("type whence where which") {
		t[name] = &program{builtin: name != "which", deaf: true, output: whichOut}
	}
	t["echo"] = &program{builtin: true, deaf: true, output: echoOut}
	t["printf"] = &program{builtin: true, deaf: true, output: printfOut, handle: printfRun}
	t["yes"] = &program{deaf: true, output: yesOut}
	t["tty"] = &program{deaf: true, output: func(*analyzer, *command) (string, bool) { return "/dev/tty\n", false }}
	t["pwd"] = &program{builtin: true, deaf: true, output: pwdOut}
	t["print"] = &program{builtin: true, deaf: true, output: echoOut}
	t["eval"] = &program{builtin: true, handle: evalRun, output: nestedOut}
	t["source"] = &program{builtin: true, handle: sourceRun, output: nestedOut}
	t["."] = t["source"]
	t["exec"] = &program{builtin: true, silent: true, wrap: &wrapper{short: "a"}, handle: execRun}
	t["command"] = &program{builtin: true, deaf: true, output: whichOut, wrap: &wrapper{stop: wordSet("v V")}}
	t["builtin"] = &program{builtin: true, wrap: &wrapper{}}
	for name := range strings.FieldsSeq("noglob nocorrect then do else if while until ! - coproc") {
		t[name] = &program{wrap: &wrapper{}}
	}
}

// nestedOut is the output of what runs code: that of the code's commands, which is
// there already, or unknown.
func nestedOut(a *analyzer, k *command) (string, bool) {
	if len(a.out.Commands) > k.id+1 {
		return "", false
	}
	return Unknown, false
}

func addShells(t map[string]*program) {
	for name := range strings.FieldsSeq("sh bash zsh dash ksh ksh93 mksh ash fish csh tcsh yash rbash pdksh oksh posh lksh rzsh hush") {
		t[name] = &program{handle: shellRun, output: nestedOut}
	}
	for name := range strings.FieldsSeq("su runuser sg") {
		t[name] = &program{runs: suRun}
	}
	t["newgrp"] = &program{handle: newgrpRun}
}

// addWrappers tells of the programs that run the rest of their arguments.
func addWrappers(t map[string]*program) {
	for names, w := range map[string]*wrapper{
		"sudo": {
			short: "ugpCRrtTDhU", assigns: true, stop: wordSet("e l v K edit list validate remove-timestamp version"),
			long: wordSet("user group prompt close-from chroot role type command-timeout chdir host other-user"),
		},
		"doas":          {short: "uCa", stop: wordSet("C L")},
		"pkexec":        {long: wordSet("user")},
		"run0":          {short: "upgD", long: wordSet("user group unit property description slice nice chdir setenv background machine")},
		"dzdo":          {short: "ugpCrt", assigns: true},
		"please":        {short: "adtu"},
		"nohup":         {},
		"setsid":        {},
		"nice":          {short: "n", long: wordSet("adjustment")},
		"ionice":        {short: "cnpPu", long: wordSet("class classdata pid pgid uid"), stop: wordSet("p P u")},
		"timeout":       {short: "ks", long: wordSet("kill-after signal"), skip: 1},
		"gtimeout":      {short: "ks", long: wordSet("kill-after signal"), skip: 1},
		"stdbuf":        {short: "ioe", long: wordSet("input output error")},
		"time":          {short: "fo", long: wordSet("format output")},
		"gtime":         {short: "fo", long: wordSet("format output")},
		"watch":         {short: "nq", optional: "d", long: wordSet("interval equexit"), joined: true},
		"chroot":        {long: wordSet("userspec groups"), skip: 1},
		"unshare":       {short: "RwSG", optional: "muinpUCT", long: wordSet("root wd setuid setgid map-user map-group propagation setgroups monotonic boottime")},
		"nsenter":       {short: "tSG", optional: "muinpUCTrwW", long: wordSet("target setuid setgid")},
		"taskset":       {stop: wordSet("p pid"), skip: 1},
		"chrt":          {short: "TPD", stop: wordSet("p m pid max"), long: wordSet("sched-runtime sched-period sched-deadline"), skip: 1},
		"strace":        {short: "eoOpPsSuaEIbX"},
		"ltrace":        {short: "eoOpsSuaAlnx"},
		"truss":         {short: "eop"},
		"valgrind":      {},
		"rlwrap":        {optional: "a", short: "bCfgHlMopPqsStOzwX", long: wordSet("file history-filename")},
		"unbuffer":      {},
		"entr":          {short: "s", code: wordSet("s")},
		"daemon pifpaf": {short: "nlFDeoruUM"},
		"cpulimit":      {short: "lpe", long: wordSet("limit pid exe")},
		"softlimit":     {short: "amdslopcfrt"},
		"choom":         {short: "np", stop: wordSet("p pid"), long: wordSet("adjust pid")},
		"multitime":     {short: "nIirsbq"},
		"setpriv":       {long: wordSet("reuid regid ruid euid rgid egid groups inh-caps ambient-caps bounding-set securebits pdeathsig selinux-label apparmor-profile"), stop: wordSet("d dump")},
		"gosu":          {skip: 1},
		"su-exec":       {skip: 1},
		"setuidgid":     {skip: 1},
		"envuidgid":     {skip: 1},
		"chpst":         {short: "uUe/nlLmdopfcrtb"},
		"setarch":       {skip: 1},
		"linux32":       {},
		"linux64":       {},
		"i386":          {},
		"x86_64":        {},
		"arch":          {short: "dea"},
		"fakeroot":      {short: "lisb", long: wordSet("lib faked")},
		"faketime":      {short: "f", skip: 1},
		"prlimit":       {short: "po", stop: wordSet("p pid")},
		"numactl":       {short: "ipNCmlPw", long: wordSet("interleave preferred physcpubind cpunodebind membind"), stop: wordSet("H s")},
		"caffeinate":    {short: "tw"},
		"nocache":       {},
		"eatmydata":     {},
		"torsocks":      {},
		"torify":        {},
		"proxychains proxychains4": {
			short: "f",
		},
		"dbus-run-session": {long: wordSet("config-file dbus-daemon")},
		"dbus-launch":      {},
		"xvfb-run":         {short: "nefsp", long: wordSet("server-num error-file server-args auth-file")},
		"firejail":         {},
		"systemd-run": {
			short: "pEuHMtd", long: wordSet("unit property uid gid setenv slice working-directory description nice on-calendar on-active on-boot timer-property host machine service-type path-property"),
		},
		"systemd-inhibit":              {long: wordSet("what who why mode"), stop: wordSet("list")},
		"systemd-cat":                  {short: "tp", long: wordSet("identifier priority")},
		"cgexec":                       {short: "g"},
		"catchsegv":                    {},
		"busybox toybox":               {stop: wordSet("list list-full install")},
		"ssh-agent":                    {short: "atPO", stop: wordSet("k s c")},
		"tini dumb-init catatonit":     {short: "pec"},
		"cross-env env-cmd dotenv-cli": {assigns: true},
		"ts sem":                       {short: "j", long: wordSet("jobs id")},
		"retry":                        {short: "tdms", long: wordSet("times delay max-time sleep")},
		"dotenv":                       {short: "fe", skip: 0},
		"aa-exec":                      {short: "pn", long: wordSet("profile namespace")},
		"runcon":                       {short: "turlc", skip: 0},
		"script scriptreplay": {
			short: "cEITBOom", long: wordSet("command echo log-in log-out log-io log-timing logging-format output-limit"),
			code: wordSet("c command"), skip: 1,
		},
		"flock":     {short: "wEc", long: wordSet("timeout wait conflict-exit-code command"), skip: 1},
		"logsave":   {skip: 1},
		"dtach":     {short: "nAcNa"},
		"daemonize": {short: "acelopuE"},
		"start-stop-daemon": {
			short: "pxnuUgcrdNIkaPRs", single: false,
			long: wordSet("pidfile exec name user group chuid chroot chdir nicelevel procsched iosched umask startas signal retry ppid pid output"),
		},
		"ccache distcc sccache shx": {},
		"sshpass":                   {short: "fdpP"},
		"hyperfine":                 {short: "wrmMSspcLPD", long: wordSet("warmup runs min-runs max-runs shell setup prepare cleanup parameter-list export-json export-markdown command-name"), joined: true, code: wordSet("p prepare c cleanup s setup conclude")},
		"bwrap":                     {long: wordSet("chdir uid gid hostname unshare-user-try file perms")},
		"winpty":                    {},
		"wsl":                       {short: "du", long: wordSet("distribution user cd exec")},
		"ld.so":                     {long: wordSet("library-path preload argv0 audit inhibit-rpath")},
		"ld-linux-x86-64.so.2":      {long: wordSet("library-path preload argv0 audit inhibit-rpath")},
	} {
		for name := range strings.FieldsSeq(names) {
			t[name] = &program{wrap: w}
		}
	}
	t["env"] = &program{runs: env, wrap: &wrapper{
		short: "uCP", assigns: true, long: wordSet("unset chdir block-signal default-signal ignore-signal"),
	}}
	t["genv"] = t["env"]
	for _, name := range []string{"unshare", "script", "fakeroot", "nsenter", "chroot", "firejail"} {
		own := *t[name]
		own.handle = bareShellRun
		t[name] = &own
	}
	t["capsh"] = &program{runs: capshRun}
	t["flock"].runs = flockRun
	t["script"].runs = scriptRun
	t["start-stop-daemon"].runs = startStopRun
	t["systemd-run"].wrap.own = true
	t["find"] = &program{handle: findRun, output: findOutput}
	for name := range strings.FieldsSeq("gfind fd fdfind bfs") {
		t[name] = t["find"]
	}
	t["xargs"] = &program{runs: xargsRun, wrap: &wrapper{
		short: "IJLnPsEadRS", optional: "il", long: wordSet("max-args max-lines-old max-procs max-chars arg-file delimiter process-slot-var"),
	}}
	t["gxargs"] = t["xargs"]
	t["parallel"] = &program{runs: parallelRun, wrap: &wrapper{
		short: "jaSILnNdCs", long: wordSet("jobs arg-file sshlogin delay timeout retries joblog results colsep delimiter max-args max-replace-args tmpdir workdir load memfree progress-interval halt"),
	}}
}
