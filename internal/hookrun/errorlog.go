package hookrun

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/delivery"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// ErrorLog is the name of the hook's own log in the logs directory. A hook may
// not print, so what went wrong is found here; `agent-telemetry doctor` reads it.
const ErrorLog = "claude-hook.log"

// LostMark is in the line of an event that neither the collector nor the spool
// took.
const LostMark = delivery.LostMark

// maxErrorLog bounds the log; past it the log starts again, with one old copy.
const maxErrorLog = 1 << 20

// LogError adds a line to the hook's own log. A second fault on the way has
// nowhere to go and is dropped.
func LogError(home string, fault error) {
	dir, err := statedir.Resolve(home)
	if err != nil || statedir.Ensure(dir.Logs()) != nil {
		return
	}
	path := filepath.Join(dir.Logs(), ErrorLog)
	if info, err := os.Lstat(path); err == nil && info.Size() > maxErrorLog {
		_ = os.Rename(path, path+".1")
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0o600)
	if err != nil {
		return
	}
	line := time.Now().UTC().Format(time.RFC3339Nano) + " " + strconv.Quote(fault.Error()) + "\n"
	_, werr := f.WriteString(line)
	_ = errors.Join(werr, f.Close())
}
