package detection

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// commandsOf reads a file of commands, one a line.
func commandsOf(t *testing.T, name string) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	var out []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSuffix(line, "\n"); line != "" && !strings.HasPrefix(line, "# ") {
			out = append(out, strings.ReplaceAll(line, "⏎", "\n"))
		}
	}
	require.Greater(t, len(out), 50)
	return out
}

func TestEverydayCommandsRaiseNoAlert(t *testing.T) {
	rs, faults := Load(Defaults())
	require.NoError(t, faults.Err())
	for _, c := range commandsOf(t, "everyday.txt") {
		r := rs.JudgeCase(Case{Command: c, Dir: "/home/dev/shop"})
		assert.False(t, r.Alerted, "%s: %v", c, r.Rules)
		if strings.Contains(c, "<<") {
			continue
		}
		quoted := "'" + strings.ReplaceAll(c, "'", `'\''`) + "'"
		for _, how := range []string{
			"cd /home/dev/shop && " + c + " 2>&1 | tail -20",
			"timeout 120 bash -lc " + quoted,
			"nohup sh -c " + quoted + " > /tmp/o.log 2>&1 &",
			"for i in 1 2 3; do " + c + " && break; done",
		} {
			r := rs.JudgeCase(Case{Command: how, Dir: "/home/dev/shop"})
			assert.False(t, r.Alerted, "%s: %v", how, r.Rules)
		}
	}
}

func TestAttacksRaiseAnAlert(t *testing.T) {
	rs, faults := Load(Defaults())
	require.NoError(t, faults.Err())
	for _, c := range commandsOf(t, "attacks.txt") {
		r := rs.JudgeCase(Case{Command: c, Dir: "/home/dev/shop"})
		assert.True(t, r.Alerted, "%s: %v", c, r.Rules)
	}
}
