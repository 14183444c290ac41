package facts

// Facts are what is known of one event. All texts are bounded and come from
// records that are redacted.
type Facts struct {
	Event    Event
	Commands []Command
	Paths    []Path
	Net      []Net
	Flows    []Flow
	Acts     []Act
	// Opaque are reasons why something cannot be told, see shellcommand.Opacity.
	Opaque []string
	// Truncated says that a bound was reached.
	Truncated bool
}

// Event is what the record says of itself.
type Event struct {
	ID             string // claude_code.event.id
	Type           string // event.type
	HookEvent      string // PreToolUse, …
	Tool           string
	ToolCallID     string
	Session        string
	Project        string // path
	ProjectName    string
	AgentID        string
	AgentType      string
	PermissionMode string
	Transport      string
	Command        string // the command line as recorded
	Failed         bool   // the tool failed
	Denied         bool   // permission was denied
	OutsideProject bool
	MCPServer      string
	// UnixNano is when the event happened.
	UnixNano int64
}

// Command is a program that ran.
type Command struct {
	Program  string
	Path     string
	Args     []string // unknown parts are "…"
	Wrappers []string // programs, outermost first
	Via      []string // see shellcommand.Via
	Text     string
	// Privileged says that it runs as another user: behind sudo, doas, su, pkexec, ….
	Privileged bool
	// Remote says that it runs on another machine or in a container.
	Remote bool
}

// Path is a file or directory that something was done with.
type Path struct {
	// Path is absolute and clean where that can be told, "…" in place of what
	// is unknown.
	Path    string
	Access  string // see the Access constants
	Class   string // see the Class constants
	Program string // that did it; "" for a file tool
	// Recursive says that all below it is meant.
	Recursive bool
	// Glob says that the last part is a pattern.
	Glob bool
	// OutsideProject says that it is not below the project's directory.
	OutsideProject bool
	// Privileged says that it was done as another user.
	Privileged bool
	// Remote says that it is a path of another machine or of a container.
	Remote bool
}

// Ways of using a path.
const (
	AccessRead    = "read"
	AccessWrite   = "write" // create, overwrite, append
	AccessDelete  = "delete"
	AccessExecute = "execute"
	AccessMode    = "mode" // permissions, owner, attributes
	AccessList    = "list" // names only
	AccessMove    = "move" // it is gone from where it was
	AccessUse     = "use"  // a credential that is given to the program it is for: ssh -i
)

// Classes of places. A path has the first that fits.
const (
	ClassTelemetry   = "telemetry"    // ours: the state directory, the marker, the hook binary
	ClassAgentConfig = "agent_config" // settings, hooks, MCP configuration, instruction files, rules, skills
	ClassCredential  = "credential"   // keys, tokens, password stores, .env
	ClassPersistence = "persistence"  // run at login, boot, by cron, by git: shell profiles, units, hooks
	ClassSystemAuth  = "system_auth"  // passwd, shadow, sudoers, PAM, sshd
	ClassRoot        = "root"         // / itself, or every thing in it
	ClassDevice      = "device"       // block devices, /dev/mem, /proc/sys, /sys; not /dev/null and the like
	ClassContainer   = "container"    // docker.sock, containerd.sock, cgroup release_agent
	ClassLog         = "log"          // system logs, shell history, audit logs
	ClassSystem      = "system"       // /etc, /usr, /bin, /boot, /lib, /opt, /var but what is above
	ClassTemp        = "temp"
	ClassProject     = "project"
	ClassGit         = "git"  // .git of the project
	ClassHome        = "home" // the user's, outside of the project
	ClassOtherHome   = "other_home"
	ClassDevNull     = "dev_null" // /dev/null, /dev/stdout, /dev/tty, …
	ClassUnknown     = "unknown"  // a relative path whose directory is not known, or "…"
	ClassOther       = "other"
)

// Net is a use of the network.
type Net struct {
	Host string // lower case, without port; "" when not known
	Port int    // 0 when not known
	URL  string
	// Direction is one of the Direction constants.
	Direction string
	Program   string
	Method    string // GET, POST, DELETE, …; "" when not HTTP
	// Class is one of the Host constants.
	Class string
}

// Directions of a use of the network.
const (
	DirectionDownload = "download"
	DirectionUpload   = "upload"
	DirectionConnect  = "connect" // both ways, or not known
	DirectionListen   = "listen"
	DirectionLookup   = "lookup" // DNS
)

// Classes of hosts.
const (
	HostLoopback = "loopback"
	HostPrivate  = "private"  // RFC 1918, link-local, .local, .internal
	HostMetadata = "metadata" // 169.254.169.254 and its names
	HostKnown    = "known"    // package registries, code hosts, documentation
	HostCollect  = "collect"  // paste sites, request bins, file drops, tunnels, webhooks of chats
	HostPublic   = "public"
	HostUnknown  = "unknown"
)

// Flow is a way of data from where it comes to what uses it.
type Flow struct {
	From string // see the Flow constants
	To   string
	// Detail names both ends: ~/.ssh/id_rsa → evil.example.
	Detail string
}

// Ends of flows.
const (
	FlowSecret   = "secret"   // a path of class credential or system_auth, an environment that has secrets
	FlowFile     = "file"     // any other file, or many (an archive)
	FlowDownload = "download" // the network
	FlowDecode   = "decode"   // base64, hex, decompression, decryption
	FlowInput    = "input"    // of nobody knows where: a script from standard input
	FlowNetwork  = "network"
	FlowExecute  = "execute" // as code
	FlowDelete   = "delete"  // as names of what is deleted
)

// Act is what a program does beyond files and connections: the meaning of its
// options, by a name of two or more parts, such as git.discard.
type Act struct {
	Kind    string
	Program string
	Detail  string // what it does it to, or the options that say so
	// Privileged says that it is done as another user.
	Privileged bool
	// Remote says that it is done on another machine or in a container.
	Remote bool
}
