package detection

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheDefaultsLoad(t *testing.T) {
	rs, faults := Load(Defaults())
	for _, f := range faults {
		t.Error(f)
	}
	require.NotNil(t, rs)
	for _, r := range rs.Rules() {
		require.NotEmpty(t, r.Tests.Match, r.Slug)
	}
}
