// Package cliio carries what a command needs from the outside world: its
// streams, whether they are terminals, and where the state directory is.
package cliio

import (
	"io"
	"os"

	"golang.org/x/term"

	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// IO is the outside world of a command. Tests make one of buffers.
type IO struct {
	In     io.Reader
	Out    io.Writer
	Err    io.Writer
	OutTTY bool // Out is a terminal
	Color  bool // Out may be coloured: a terminal, and NO_COLOR is unset
}

// System returns the process's own streams.
func System() *IO {
	tty := term.IsTerminal(int(os.Stdout.Fd()))
	return &IO{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		OutTTY: tty,
		Color:  tty && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb",
	}
}

// Factory is handed to every command's constructor.
type Factory struct {
	IO *IO
	// HomeFlag is the value of the persistent flag --home; "" means the default.
	HomeFlag string
}

// Home returns the state directory the command works on.
func (f *Factory) Home() (statedir.Dir, error) { return statedir.Resolve(f.HomeFlag) }

// ExitError makes the program end with Code. Err may be nil when everything
// has been said already.
type ExitError struct {
	Code int
	Err  error
}

// Error implements error.
func (e *ExitError) Error() string {
	if e.Err == nil {
		return ""
	}
	return e.Err.Error()
}

// Unwrap returns the cause.
func (e *ExitError) Unwrap() error { return e.Err }
