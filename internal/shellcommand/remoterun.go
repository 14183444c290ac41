package shellcommand

import "strings"

// parallelRun runs what GNU parallel does.
func parallelRun(a *analyzer, k *command) bool {
	w := a.known["parallel"].wrap
	_, _, rest := w.split(k.args())
	cmd := rest
	var words []field
	given := false
	for i, f := range rest {
		if f.v == ":::" || f.v == ":::+" || f.v == "::::" {
			if !given {
				cmd = rest[:i]
			}
			given = true
			continue
		}
		if given {
			words = append(words, f)
		}
	}
	if !given {
		words = a.inputWords(k.c.in, true, nil)
	}
	inner := k.inner(k.args()[:len(k.args())-len(rest)], "")
	inner.c.in = nil
	if len(cmd) == 0 { // the inputs are the commands
		for i, f := range words {
			if i >= maxValues {
				break
			}
			a.codeOf(inner.fresh(ViaShell), k, f, nil)
		}
		return len(words) > 0
	}
	replace := ""
	for _, f := range cmd {
		if strings.Contains(f.v, "{}") {
			replace = "{}"
		}
	}
	argv := a.filled(cmd, words, replace)
	if len(cmd) == 1 && strings.ContainsAny(cmd[0].v, " ;|&") {
		a.codeOf(inner.fresh(ViaShell), k, join(argv), nil)
		return true
	}
	inner.argv = argv
	a.run(&inner)
	return true
}

// sshRun runs what ssh does on the other machine, and what its options run here.
func sshRun(a *analyzer, k *command) {
	w := &wrapper{short: "bcDeEFIiJLlmOopQRSWwB"}
	opts, _, rest := w.split(k.args())
	a.optionCode(k, opts)
	if k.name != "ssh" && k.name != "autossh" && k.name != "slogin" && k.name != "mosh" || len(rest) < 2 {
		if k.name == "ssh" && len(rest) == 1 && k.c.in != nil { // ssh host <<EOF
			c := k.fresh(ViaRemote)
			a.shellText(c, k, k.c.in, nil)
		}
		return
	}
	host, cmd := rest[0], rest[1:]
	// Options may stand behind the host, too.
	more, _, cmd2 := w.split(cmd)
	if len(more) > 0 {
		a.optionCode(k, more)
		cmd = cmd2
	}
	if len(cmd) == 0 {
		return
	}
	inner := k.inner([]field{host}, "")
	c := inner.fresh(ViaRemote)
	c.sh = newShell(Options{})
	a.codeOf(c, k, join(cmd), nil)
}

// containerOptions are the options of docker exec and run that take a value.
const containerLong = `add-host annotation attach blkio-weight cap-add cap-drop cgroup-parent cgroupns cidfile cpu-period
	cpu-quota cpu-shares cpus cpuset-cpus cpuset-mems detach-keys device dns dns-search domainname entrypoint env env-file expose
	gpus group-add health-cmd health-interval health-retries health-timeout hostname ip ip6 ipc isolation label label-file link
	log-driver log-opt mac-address memory memory-reservation memory-swap memory-swappiness mount name network network-alias
	oom-score-adj pid pids-limit platform publish pull restart runtime security-opt shm-size stop-signal stop-timeout
	storage-opt sysctl tmpfs ulimit user userns uts volume volume-driver volumes-from workdir index project-name file profile
	namespace container context cluster kubeconfig request-timeout token server image overrides restart labels cwd filename`

var containerWords = wordSet(containerLong)

// containerRun runs what docker, kubectl and their like do in a container.
func containerRun(a *analyzer, k *command) {
	args := k.args()
	sub := -1
	for i, f := range args {
		switch f.v {
		case "exec", "run", "create", "shell", "execute", "enter":
			sub = i
		case "compose", "container", "debug", "-it", "-i", "-t":
			continue
		}
		if sub >= 0 {
			break
		}
	}
	if sub < 0 {
		if hasArg(args, "debug") { // kubectl debug node/x -- cmd
			debugRun(a, k)
		}
		return
	}
	w := &wrapper{short: "aceulmpvwhnPf", long: containerWords}
	switch k.name {
	case "kubectl", "oc", "k3s", "microk8s":
		w.short = "cnfls"
	case "lxc", "incus", "machinectl", "lxc-attach", "pct":
		w.short = ""
	}
	opts, _, rest := w.split(args[sub+1:])
	if len(rest) < 1 {
		return
	}
	cmd := rest[1:]
	for i, f := range cmd { // kubectl exec pod -it -- cmd
		if f.v == "--" {
			cmd = cmd[i+1:]
			break
		}
		if i > 6 {
			break
		}
	}
	for _, o := range opts {
		if o.name == "entrypoint" && o.value.v != "" {
			cmd = append([]field{o.value}, cmd...)
		}
	}
	if len(cmd) == 0 {
		return
	}
	inner := k.inner(args[:len(args)-len(cmd)], ViaContainer)
	inner.c.sh = newShell(Options{})
	inner.c.redirs = k.c.redirs
	inner.argv = cmd
	a.run(&inner)
}

// debugRun is kubectl debug: what stands behind -- runs in a container beside another
// or, of a node, with its files at /host.
func debugRun(a *analyzer, k *command) {
	args := k.args()
	for i, f := range args {
		if f.v == "--" && i+1 < len(args) {
			inner := k.inner(args[:i+1], ViaContainer)
			inner.c.sh = newShell(Options{})
			inner.c.redirs = k.c.redirs
			inner.argv = args[i+1:]
			a.run(&inner)
			return
		}
	}
}

// atRun is at and batch: the input is what will run.
func atRun(a *analyzer, k *command) {
	if hasArg(k.args(), "-l", "-r", "-d", "-c") {
		return
	}
	for i, f := range k.args() {
		if f.v == "-f" && i+1 < len(k.args()) {
			a.runsFile(k, k.args()[i+1], nil)
			return
		}
	}
	if k.c.in != nil {
		a.shellText(k.fresh(ViaStdin), k, k.c.in, nil)
	}
}
