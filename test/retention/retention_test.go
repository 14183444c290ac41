// Package retention lets a real Loki delete what is older than its retention period.
package retention

import (
	"fmt"
	"io/fs"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// Loki looks once a minute for chunks that are marked to be deleted.
const patience = 4 * time.Minute

const day = 24 * time.Hour

func TestLokiDeletesWhatIsOlderThanItsRetention(t *testing.T) {
	if testing.Short() {
		t.Skip("runs a real Loki: not with -short")
	}
	bin, err := harness.FindBinaries()
	require.NoError(t, err)
	dir := t.TempDir()
	loki, err := harness.NewLoki(bin, dir, hurried)
	require.NoError(t, err)
	require.NoError(t, loki.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, loki.Stop()) })
	now := time.Now()
	for name, age := range map[string]time.Duration{"old": 40 * day, "kept": 20 * day, "new": 0} {
		push(t, loki.URL, name, now.Add(-age))
	}
	// What is in memory is written when it ends, chunks and index.
	require.NoError(t, loki.Stop())
	require.Len(t, chunks(t, dir), 3)
	require.NoError(t, loki.Start(t.Context()))
	require.Eventually(t, func() bool { return len(chunks(t, dir)) == 2 }, patience, time.Second, "the retention period is 744h: only the old chunk goes")
	require.Equal(t, 2, indexes(t, dir), "one a day that has data")
	entries, err := harness.QueryLoki(t.Context(), loki.URL, `{service="retention"}`)
	require.NoError(t, err)
	require.Len(t, entries, 1, "of the last hour")
	require.Equal(t, "new", entries[0].Line)
}

// hurried makes the repository's configuration delete as soon as it can; what is
// deleted, and when it is old enough, is as configured.
func hurried(config string) string {
	return strings.Replace(config, "compactor:\n", "compactor:\n  compaction_interval: 2s\n  apply_retention_interval: 2s\n  retention_delete_delay: 1s\n", 1)
}

func push(t *testing.T, url, line string, at time.Time) {
	t.Helper()
	body := fmt.Sprintf(`{"streams":[{"stream":{"service":"retention","session":%q},"values":[["%d",%q]]}]}`, line, at.UnixNano(), line)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/loki/api/v1/push", strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusNoContent, resp.StatusCode)
}

// chunks are the files of log lines that Loki has.
func chunks(t *testing.T, dir string) []string {
	return files(t, filepath.Join(dir, "data", "chunks", "fake"))
}

// indexes counts the days that Loki has an index of.
func indexes(t *testing.T, dir string) int {
	days := map[string]bool{}
	for _, f := range files(t, filepath.Join(dir, "data", "chunks", "index")) {
		for _, part := range strings.Split(f, string(filepath.Separator)) {
			if strings.HasPrefix(part, "index_") {
				days[part] = true
			}
		}
	}
	return len(days)
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			found = append(found, path)
		}
		return nil // what Loki removes meanwhile is not there
	})
	require.NoError(t, err)
	return found
}
