package file_test

import (
	"bufio"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/file"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/notifytest"
)

func config(t *testing.T) *file.Config {
	c := file.DefaultConfig()
	c.Path = filepath.Join(t.TempDir(), "alerts", "security-alerts.log")
	require.NoError(t, c.Validate())
	return &c
}

func tell(t *testing.T, n notify.Notifier, list ...*notify.Notification) {
	t.Helper()
	told, _, err := n.Notify(t.Context(), list...)
	require.NoError(t, err)
	require.Len(t, list, told)
}

func lines(t *testing.T, path string) (list []string) {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		list = append(list, s.Text())
	}
	require.NoError(t, s.Err())
	return list
}

func TestALineEach(t *testing.T) {
	for _, format := range []string{file.FormatJSON, file.FormatText} {
		t.Run(format, func(t *testing.T) {
			c := config(t)
			c.Format = format
			n := file.New(c)
			defer n.Close()
			hostile := notify.Of(notifytest.HostileAlert())
			tell(t, n, append(notifytest.Notifications(0, 3), hostile)...)
			got := lines(t, c.Path)
			require.Len(t, got, 4)
			for _, line := range got {
				require.Empty(t, notifytest.Invisible(line))
				if format == file.FormatJSON {
					var m notify.Message
					require.NoError(t, json.Unmarshal([]byte(line), &m))
					require.Equal(t, notify.KindAlert, m.Kind)
				}
			}
			info, err := os.Stat(c.Path)
			require.NoError(t, err)
			require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
		})
	}
}

// A crash came between the writing and the recording, in the middle of a line.
func TestWhatIsThereIsNotWrittenAgain(t *testing.T) {
	for _, format := range []string{file.FormatJSON, file.FormatText} {
		c := config(t)
		c.Format = format
		first := file.New(c)
		tell(t, first, notifytest.Notifications(0, 3)...)
		require.NoError(t, first.Close())
		f, err := os.OpenFile(c.Path, os.O_APPEND|os.O_WRONLY, 0)
		require.NoError(t, err)
		_, err = f.WriteString(`{"version":1,"kind":"alert","id":"`)
		require.NoError(t, err)
		require.NoError(t, f.Close())

		second := file.New(c)
		tell(t, second, notifytest.Notifications(1, 5)...)
		require.NoError(t, second.Close())
		require.Len(t, lines(t, c.Path), 6, "three, the torn one, and two new ones")
	}
}

func TestItIsRenamedWhenItIsLarge(t *testing.T) {
	c := config(t)
	c.MaxBytes, c.Keep = 4096, 2
	n := file.New(c)
	defer n.Close()
	for i := range 60 {
		tell(t, n, notifytest.Notifications(i, i+1)...)
	}
	for _, name := range []string{c.Path, c.Path + ".1", c.Path + ".2"} {
		info, err := os.Stat(name)
		require.NoError(t, err)
		require.LessOrEqual(t, info.Size(), c.MaxBytes)
	}
	require.NoFileExists(t, c.Path+".3")
}

// Somebody else renamed it, as logrotate does.
func TestItIsOpenedAgain(t *testing.T) {
	c := config(t)
	n := file.New(c)
	defer n.Close()
	tell(t, n, notifytest.Notifications(0, 1)...)
	require.NoError(t, os.Rename(c.Path, c.Path+".moved"))
	tell(t, n, notifytest.Notifications(1, 2)...)
	require.Len(t, lines(t, c.Path), 1)
}

func TestALinkIsNotFollowed(t *testing.T) {
	c := config(t)
	target := filepath.Join(t.TempDir(), "target")
	require.NoError(t, os.WriteFile(target, nil, 0o600))
	require.NoError(t, os.MkdirAll(filepath.Dir(c.Path), 0o700))
	require.NoError(t, os.Symlink(target, c.Path))
	n := file.New(c)
	defer n.Close()
	_, retry, err := n.Notify(t.Context(), notifytest.Notifications(0, 1)...)
	require.Error(t, err)
	require.True(t, retry)
	raw, err := os.ReadFile(target)
	require.NoError(t, err)
	require.Empty(t, raw)
}

func TestFaultsAreNamed(t *testing.T) {
	c := file.Config{Path: "relative", Format: "xml", Keep: -1}
	for _, key := range []string{"path:", "format:", "max_bytes:", "keep:"} {
		require.ErrorContains(t, c.Validate(), key)
	}
}
