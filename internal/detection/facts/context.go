package facts

import "github.com/agent-telemetry/agent-telemetry/internal/shellcommand"

// Context is where an event happened.
type Context struct {
	// Dir is the working directory, absolute; "" is unknown.
	Dir string
	// Home is the user's home directory, absolute; "" is unknown: ~ stays.
	Home string
	// Project is the project's directory, absolute; "" is Dir.
	Project string
	// StateDir is where the telemetry keeps its state; "" is the usual place.
	StateDir string
	// Resolve, when set, follows symbolic links: it gets a clean absolute path and
	// gives the one it stands for. Without it paths are judged as written.
	Resolve func(path string) string
}

// Bounds of the facts of one event.
const (
	maxCommands = 512
	maxPaths    = 256
	maxNets     = 64
	maxFlows    = 64
	maxActs     = 128
	maxArgs     = 256  // of one command
	maxText     = 4096 // bytes of one text
	maxDetail   = 256  // bytes of a detail
	maxLinks    = 128  // files made by the command line
	ellipsis    = "…"
)

// Language is what a command line is written in.
type Language int

// The languages.
const (
	POSIX Language = iota
	PowerShell
)

// FromAnalysis gives the facts of a command line that has been analysed.
func FromAnalysis(command string, a *shellcommand.Analysis, c Context) *Facts {
	f := &Facts{}
	f.Event.Command = cut(command, 64<<10)
	b := newBuilder(f, c)
	b.analysis(command, a)
	b.derive()
	b.release()
	return f
}
