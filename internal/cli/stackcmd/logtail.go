package stackcmd

import (
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/supervise"
)

// tail returns the end of a log, fit for a terminal.
func tail(path string) string {
	text, err := supervise.ReadFile(path, 64<<20)
	if err != nil {
		return "no log at " + path
	}
	text = text[max(0, len(text)-4096):]
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	lines = lines[max(0, len(lines)-10):]
	for i, l := range lines {
		lines[i] = "  " + printable(l)
	}
	return "the end of " + path + ":\n" + strings.Join(lines, "\n")
}

// printable takes out what a terminal would obey.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, s)
}
