package health

import (
	"bytes"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/hookrun"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/internal/supervise"
)

// HookErrors are how far back errors of the hook count.
const HookErrors = 24 * time.Hour

// Hook is what claude-hook noted of itself in the last 24 hours: it may print
// nothing. A disk without a free byte does not take its notes either; then the
// holes in the sessions' numbers tell.
type Hook struct {
	// Errors is how often something went wrong, Lost how many events nobody took:
	// neither the collector nor the spool.
	Errors int `json:"errors"`
	Lost   int `json:"lost"`
	// Last is the last error, LastAt its time.
	Last   string     `json:"last"`
	LastAt *time.Time `json:"last_at"`
}

// ReadHook reads the hook's log and the one before it.
func ReadHook(home statedir.Dir, now time.Time) (Hook, error) {
	var h Hook
	path := filepath.Join(home.Logs(), hookrun.ErrorLog)
	for _, name := range []string{path + ".1", path} {
		text, err := supervise.ReadFile(name, 16<<20)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return h, err
		}
		for line := range bytes.Lines(text) {
			stamp, rest, _ := strings.Cut(strings.TrimSpace(string(line)), " ")
			at, err := time.Parse(time.RFC3339Nano, stamp)
			if err != nil || now.Sub(at) >= HookErrors {
				continue
			}
			h.Errors++
			if strings.Contains(rest, hookrun.LostMark) {
				h.Lost++
			}
			h.Last, h.LastAt = rest, &at
		}
	}
	return h, nil
}
