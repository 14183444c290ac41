package detection

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCasesAreReadJudgedAndScored(t *testing.T) {
	rs := mustLoad(t, Defaults())
	var score Score
	var results []CaseResult
	for c, err := range ReadCases(strings.NewReader(`{"command":"rm -rf /","label":"malicious","category":"dangerous_command","tier":"attack","evasion":["wrapper"],"source":"x"}

{"command":"echo rm -rf /","label":"benign","category":"x","tier":"hard_negative","evasion":null}
{"command":"cat x","label":"malicious","category":"dangerous_command","tier":"attack","evasion":"eval","cwd":"/srv/p"}
`)) {
		require.NoError(t, err)
		r := rs.JudgeCase(c)
		score.Add(c, r.Alerted)
		results = append(results, r)
	}
	require.Len(t, results, 3)
	assert.Equal(t, "critical", results[0].MaxSeverity)
	assert.Contains(t, results[0].Rules, "delete-root")
	assert.True(t, results[0].Alerted)
	assert.NotEmpty(t, results[0].Evidence)
	assert.False(t, results[1].Alerted)
	assert.NotNil(t, results[1].Rules, "JSON has [] rather than null")
	assert.Equal(t, "/srv/p/x", results[2].Facts.Paths[0].Path)
	assert.InDelta(t, 0.5, score.Macro(), 1e-9)
	assert.Equal(t, Tally{Hit: 0, All: 1}, score.Tier("hard_negative"))
	assert.Equal(t, Tally{Hit: 1, All: 2}, score.Hidden)
	worst, _ := score.Worst()
	assert.Equal(t, "dangerous_command", worst)

	for _, err := range ReadCases(strings.NewReader("{\"command\":\"ls\"}\n{]\n")) {
		if err != nil {
			assert.ErrorContains(t, err, "line 2")
		}
	}
	var last error
	for _, err := range ReadCases(strings.NewReader(`{"command":"` + strings.Repeat("x", maxCaseBytes) + `"}`)) {
		last = err
	}
	assert.ErrorContains(t, last, "more than")
}
