package securityalertprocessor

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/provenance"
)

func TestRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "alerts", "state")
	use := func(c *Config) { c.StateFile = path }
	b := newBench(t, use)
	for i := range 2 {
		require.NoError(t, b.run(fmt.Sprint(i), "bad"))
	}
	require.NoError(t, b.save(t.Context(), false))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	c := newBench(t, use)
	c.at = b.at.Add(time.Second)
	c.restore(t.Context())
	require.NoError(t, c.run("2", "bad"))
	require.Equal(t, []string{"repeated"}, c.rulesAlerted(), "violations before the restart count, and the window holds")
	ld := plog.NewLogs()
	record(ld, "PostToolUse", "2-post", "call-2", "bad", c.at)
	require.NoError(t, c.ConsumeLogs(provenance.OfOwner(t.Context()), ld))
	c.at = c.at.Add(time.Hour)
	c.flush(t.Context())
	require.Equal(t, []string{"repeated", "bad-program +2"}, c.rulesAlerted())
}

func TestABadStateIsPutAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	for name, data := range map[string]string{
		"empty": "", "text": "x", "old version": "agent-telemetry security-alert state 0 00\n{}",
		"wrong hash": stateHeader + strings.Repeat("0", 64) + "\n{}",
	} {
		require.NoError(t, os.WriteFile(path, []byte(data), 0o600))
		b := newBench(t, func(c *Config) { c.StateFile = path })
		b.restore(t.Context())
		aside, err := os.ReadFile(path + ".bad")
		require.NoError(t, err, name)
		require.Equal(t, data, string(aside))
		require.NoFileExists(t, path)
		require.NoError(t, b.run("1", "bad"))
		require.Len(t, b.alerts(), 1)
	}
}

func FuzzState(f *testing.F) {
	b := newBench(f, func(c *Config) { c.StateFile = filepath.Join(f.TempDir(), "state") })
	require.NoError(f, b.run("1", "bad"))
	data, err := b.encode()
	require.NoError(f, err)
	_, body, _ := strings.Cut(string(data), "\n")
	f.Add([]byte(body))
	f.Add([]byte(`{"windows":[{"key":"AAAA"},{"key":"AAAAAAAAAAAAAAAAAAAAAA==","window":{"span":9223372036854775807,"ends":9223372036854775807}}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		c := newBench(t, nil)
		s, err := decodeBody(body)
		if err != nil || c.tracker.Restore(s.Behaviour) != nil {
			return
		}
		c.memory.restore(s, c.at)
		_ = c.run("1", "bad --worse")
		_ = c.run("2", "odd")
		c.at = c.at.Add(25 * time.Hour)
		c.flush(t.Context())
		require.Zero(t, c.memory.windows.Len(), "no window of a file stays for ever")
	})
}

// Somebody made a pipe of that name, and holds it open: it is not waited for.
func TestAPipeInPlaceOfTheState(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	require.NoError(t, syscall.Mkfifo(path, 0o600))
	w, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	defer w.Close()
	b := newBench(t, func(c *Config) { c.StateFile = path })
	b.restore(t.Context())
	require.NoError(t, b.run("1", "bad"))
	require.NoError(t, b.save(t.Context(), true))
	_, err = readState(path)
	require.NoError(t, err)
}
