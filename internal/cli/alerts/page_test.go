package alerts

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/detection"
)

// TestRulesOfThePage: what docs/alerts.md shows can be used.
func TestRulesOfThePage(t *testing.T) {
	page, err := os.ReadFile("../../../docs/alerts.md")
	require.NoError(t, err)
	_, text, ok := strings.Cut(string(page), "```yaml\n")
	require.True(t, ok)
	text, _, _ = strings.Cut(text, "```")
	if time.Now().After(time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC)) { // the day on the page
		text = strings.ReplaceAll(text, "2027-03-31", "2037-03-31")
	}
	rules, faults := detection.Load(detection.Defaults(), detection.Source{Name: "docs/alerts.md", Data: []byte(text), User: true})
	require.NoError(t, faults.Err())
	require.Empty(t, faults)
	for _, r := range detection.RunTests(rules) {
		if r.Rule == "shop-database" {
			require.True(t, r.OK, "%+v", r)
		}
	}
}
