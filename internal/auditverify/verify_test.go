package auditverify

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCleanLog(t *testing.T) {
	for name, p := range map[string]plan{
		"one segment":  {segments: 1},
		"segments":     {segments: 6, stop: true},
		"young tail":   {segments: 3, tail: 3},
		"pruned":       {segments: 7, prune: 3, stop: true},
		"pruned often": {segments: 12, prune: 9},
	} {
		t.Run(name, func(t *testing.T) {
			l := makeLog(t, p)
			r := l.verify(t)
			require.Empty(t, answers(r, Fail), "%+v", r.FirstBad)
			assert.Empty(t, answers(r, Warn))
			assert.Equal(t, Verified, r.Verdict, r.Reason)
			assert.Equal(t, l.size-1, r.LastSeq)
			r = l.verify(t, noAnchor)
			assert.Equal(t, NotAnchored, r.Verdict)
			assert.Equal(t, 3, r.ExitCode)
		})
	}
}
