package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/detection"
)

// What was reached stays reached.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("cases/*.jsonl")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	rs, faults := detection.Load(detection.Defaults())
	require.NoError(t, faults.Err())
	for _, name := range files {
		cases, err := read(name)
		require.NoError(t, err)
		var score detection.Score
		for _, c := range cases {
			score.Add(c, rs.JudgeCase(c).Alerted)
		}
		worst, rate := score.Worst()
		t.Logf("%s: %d cases, macro %.3f, lowest %s %.3f, with an evasion %.3f, recorded %.4f, look-alikes %.4f",
			name, len(cases), score.Macro(), worst, rate, score.Hidden.Rate(), score.Tier("recorded").Rate(), score.Tier("hard_negative").Rate())
		require.False(t, missed(&score), name)
	}
}
