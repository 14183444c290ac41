package story_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

var update = flag.Bool("update", false, "write the golden files anew")

var noon = time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)

func audit(t testing.TB) story.Source {
	t.Helper()
	home := statedir.Dir(filepath.Join(t.TempDir(), "state"))
	recorded.Audit(t, home, recorded.Sessions(noon)...)
	return story.Audit(home.Audit())
}

// told is a story as JSON, without what depends on where it is stored.
func told(t *testing.T, s *story.Story) string {
	t.Helper()
	c := *s
	c.Source = ""
	b, err := json.MarshalIndent(c, "", " ")
	require.NoError(t, err)
	return string(b) + "\n"
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o750))
		require.NoError(t, os.WriteFile(name, []byte(got), 0o600))
	}
	want, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

func TestStoryOfARecordedSession(t *testing.T) {
	s, err := story.Load(t.Context(), audit(t), story.Query{Session: recorded.Shop}, story.Limits{})
	require.NoError(t, err)
	golden(t, "shop.json", told(t, s))
}
