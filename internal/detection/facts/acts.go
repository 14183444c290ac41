package facts

// Kinds of acts. A kind is a family and a verb; rules ask for one kind or for a
// family.
const (
	ActGitDiscard       = "git.discard"        // throws uncommitted or unreachable work away: reset --hard, clean -f, stash drop
	ActGitDiscardFile   = "git.discard_file"   // throws changes of named files away: checkout -- FILE, restore FILE
	ActGitRewrite       = "git.rewrite"        // rewrites history: filter-branch, filter-repo, push --mirror, update-ref -d
	ActGitForcePush     = "git.force_push"     // push --force, +ref; not --force-with-lease
	ActGitPushDefault   = "git.push_default"   // pushes to main or master directly
	ActGitDeleteRemote  = "git.delete_remote"  // push --delete, push :branch
	ActGitHookOff       = "git.hook_off"       // a hook is removed or its mode changed
	ActGitPushElsewhere = "git.push_elsewhere" // pushes to an address, or to a remote that was just added
	ActGitNoVerify      = "git.no_verify"      // commits without the hooks
	ActGitOverride      = "git.override"       // merges past what guards a branch
	ActGitTamper        = "git.tamper"         // writes into .git itself

	ActInfraDelete = "infra.delete" // deletes a resource of a cloud, cluster, platform or service
	ActInfraRemove = "infra.remove" // a program that is not known is told to delete something
	ActLocalRemove = "local.remove" // the same without force
	ActInfraStop   = "infra.stop"   // stops, drains, disables or scales one to zero
	ActInfraApply  = "infra.apply"  // applies a change without asking
	ActHTTPDelete  = "http.delete"  // an HTTP request with the method DELETE
	ActHTTPAdmin   = "http.admin"   // a PUT or POST to an interface of administration

	ActDBDestroy = "db.destroy" // DROP, TRUNCATE, DELETE of all rows, FLUSHALL, dropDatabase
	ActDBReset   = "db.reset"   // a framework makes the database of development anew; a database of tests is dropped
	ActDBGrant   = "db.grant"   // GRANT of everything, to everyone or with the right to grant

	ActDiskFormat      = "disk.format"         // mkfs, wipefs, zpool destroy, partition tables
	ActDiskOverwrite   = "disk.overwrite"      // dd of=/dev/…, > /dev/sda
	ActFileShred       = "file.shred"          // shred, srm, wipe: not to be undone
	ActFileDeleteMany  = "file.delete_many"    // recursive forced deletion outside of the project and temporary places, find -delete of a broad place
	ActFileDeleteRoot  = "file.delete_root"    // deletes, moves or changes the mode of what everything lives in: /, /usr, ~, the working directory itself
	ActFileDeleteTree  = "file.delete_tree"    // recursive forced deletion inside of the project
	ActFileSync        = "file.sync_delete"    // a copy that deletes what the source does not have: rsync --delete, mc mirror --remove
	ActFileEncrypt     = "file.encrypt"        // files are encrypted and what they were made of is deleted
	ActFileTruncate    = "file.truncate"       // empties a file: truncate -s 0, : > file
	ActBackupDelete    = "backup.delete"       // snapshots, backups, shadow copies
	ActSystemShutdown  = "system.shutdown"     // shutdown, reboot, halt, init 0
	ActSystemConfigure = "system.configure"    // alternatives, host name, boot loader, trusted certificates, name servers
	ActSystemStop      = "system.service_stop" // stops, disables or masks a service of the system
	ActProcessKill     = "process.kill_many"   // kill -9 -1, killall, pkill of everything
	ActForkBomb        = "fork.bomb"           // a function that calls itself twice, in the background
	ActResourceMine    = "resource.mine"       // crypto mining
	ActResourceWaste   = "resource.exhaust"    // fills memory, disk or processor on purpose: endless background jobs

	ActShellSpawn   = "shell.spawn"   // a shell got out of a program that is none
	ActShellReverse = "shell.reverse" // a shell whose input and output are a connection
	ActShellBind    = "shell.bind"    // a shell that others can connect to
	ActCommandHook  = "command.hook"  // a program is told to run a command for it: --to-command, -z, --exec
	ActCodeLoad     = "code.load"     // a library, module, plugin or configuration that runs code: --engine, LD_PRELOAD
	ActCodeDynamic  = "code.dynamic"  // an interpreter runs code that it makes up: exec(b64decode(…)), or commands by os.system

	ActPrivilegeSwitch  = "privilege.switch"  // sudo, doas, su, pkexec, runuser
	ActPrivilegeRoutine = "privilege.routine" // what runs behind it is routine: package updates, status of services
	ActPrivilegeSetuid  = "privilege.setuid"  // chmod u+s, setcap
	ActPrivilegeAccount = "privilege.account" // useradd, usermod -aG, passwd, visudo
	ActPrivilegeOwn     = "privilege.own"     // chown or chmod of a place of the system
	ActPrivilegeKernel  = "privilege.kernel"  // insmod, modprobe, sysctl -w
	ActPrivilegeSearch  = "privilege.search"  // looks for setuid files
	ActModeOpen         = "mode.open"         // chmod 777, 666, a+w

	ActContainerPrivileged = "container.privileged" // --privileged, -v /:/host, --pid=host, the socket of the runtime
	ActContainerForeign    = "container.foreign"    // an image of nobody knows whom gets the home directory or credentials
	ActContainerEscape     = "container.escape"     // nsenter -t 1, chroot /host, release_agent, a bind mount of /

	ActPersistCron    = "persist.cron"
	ActPersistService = "persist.service"
	ActPersistProfile = "persist.profile"
	ActPersistEnv     = "persist.environment" // a variable or a tool's own line in a shell's profile
	ActPersistSSHKey  = "persist.ssh_key"
	ActPersistGitHook = "persist.git_hook"
	ActPersistStartup = "persist.startup" // autostart, rc.local, init.d, LaunchAgents, ld.so.preload, registry Run keys
	ActPersistAccount = "persist.account" // a new account

	ActDefenseFirewall = "defense.firewall" // iptables -F, ufw disable, nft flush
	ActDefenseMAC      = "defense.mac"      // setenforce 0, aa-disable
	ActDefenseAudit    = "defense.audit"    // auditctl -e 0, -D
	ActDefenseStop     = "defense.stop"     // a security agent is stopped, killed or removed
	ActLogClear        = "log.clear"        // logs deleted, emptied, rotated away
	ActHistoryClear    = "history.clear"    // history -c, ~/.bash_history
	ActTimeForge       = "time.forge"       // touch -t, -r, date -s

	ActAgentConfig       = "agent.config"       // a command writes configuration of a coding agent
	ActAgentBypass       = "agent.bypass"       // --dangerously-skip-permissions, --yolo
	ActTelemetryDisable  = "telemetry.disable"  // our marker, hooks, state directory, or an OTEL switch
	ActTelemetryRedirect = "telemetry.redirect" // the agent's telemetry is sent to another host
	ActTelemetryForge    = "telemetry.forge"    // records and orders that are sent to our collector
	ActTelemetryAck      = "telemetry.ack"      // an alert is acknowledged
	ActTelemetryKill     = "telemetry.kill"     // our processes

	ActSupplyRemote     = "supply.remote_install" // installs from a URL, a repository or another index
	ActSupplyRepository = "supply.repository"     // installs from a repository of a code host that everybody uses
	ActSupplyRegistry   = "supply.registry"       // index or registry changed
	ActSupplyPublish    = "supply.publish"        // publishes or unpublishes a package
	ActSupplyScript     = "supply.script"         // a package manager runs scripts of a manifest that was just written
	ActSupplyKey        = "supply.untrusted_key"  // signatures or certificates not checked

	ActSecretDump   = "secret.dump"   // whole stores: keychains, SAM, LSASS, memory of processes
	ActSecretPrint  = "secret.print"  // one secret, by the program that guards it
	ActSecretSearch = "secret.search" // looks for keys and passwords

	ActNetServe     = "net.serve"      // serves files
	ActNetTunnel    = "net.tunnel"     // ssh -R, ngrok, chisel
	ActNetProxy     = "net.proxy"      // what programs send goes through another's proxy
	ActNetScan      = "net.scan"       // nmap, masscan, zone transfers
	ActNetDNSTunnel = "net.dns_tunnel" // data in names that are looked up
	ActNetRaw       = "net.raw"        // nc, socat, /dev/tcp
	ActNetInsecure  = "net.insecure"   // certificates not checked
	ActNetProtocol  = "net.protocol"   // gopher, tftp, ftp put

	ActPromptInjection = "prompt.injection" // text that gives an agent orders

	ActEvadeEncoding = "evade.encoding" // a program's name that is encoded or quoted for no reason
	ActEvadeHistory  = "evade.history"  // HISTFILE=, set +o history
	ActEvadeAlias    = "evade.alias"    // a common program's name redefined
)

// ActKinds are all kinds of acts.
func ActKinds() []string {
	return []string{
		ActGitDiscard, ActGitDiscardFile, ActGitRewrite, ActGitForcePush, ActGitPushDefault, ActGitDeleteRemote, ActGitHookOff, ActGitPushElsewhere, ActGitNoVerify, ActGitOverride, ActGitTamper, ActInfraDelete,
		ActInfraRemove, ActLocalRemove, ActInfraStop, ActInfraApply, ActHTTPDelete, ActHTTPAdmin, ActDBDestroy, ActDBReset, ActDBGrant, ActDiskFormat, ActDiskOverwrite,
		ActFileShred, ActFileDeleteMany, ActFileDeleteRoot, ActFileDeleteTree, ActFileSync, ActFileEncrypt, ActFileTruncate, ActBackupDelete, ActSystemShutdown,
		ActSystemStop, ActSystemConfigure, ActProcessKill, ActForkBomb, ActResourceMine, ActResourceWaste, ActShellSpawn, ActShellReverse, ActShellBind,
		ActCommandHook, ActCodeLoad, ActCodeDynamic, ActPrivilegeSwitch, ActPrivilegeRoutine, ActPrivilegeSetuid, ActPrivilegeAccount,
		ActPrivilegeOwn, ActPrivilegeKernel, ActPrivilegeSearch, ActModeOpen, ActContainerPrivileged, ActContainerForeign, ActContainerEscape, ActPersistCron,
		ActPersistService, ActPersistProfile, ActPersistEnv, ActPersistSSHKey, ActPersistGitHook, ActPersistStartup, ActPersistAccount, ActDefenseFirewall,
		ActDefenseMAC, ActDefenseAudit, ActDefenseStop, ActLogClear, ActHistoryClear, ActTimeForge, ActAgentConfig, ActAgentBypass,
		ActTelemetryDisable, ActTelemetryRedirect, ActTelemetryAck, ActTelemetryForge, ActTelemetryKill, ActSupplyRemote, ActSupplyRepository, ActSupplyRegistry, ActSupplyPublish, ActSupplyScript, ActSupplyKey,
		ActSecretDump, ActSecretPrint, ActSecretSearch, ActNetServe, ActNetTunnel, ActNetProxy, ActNetScan, ActNetDNSTunnel, ActNetRaw, ActNetInsecure,
		ActNetProtocol, ActPromptInjection, ActEvadeEncoding, ActEvadeHistory, ActEvadeAlias,
	}
}
