package heaptargetextension

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestConfig(t *testing.T) {
	require.NoError(t, createDefaultConfig().(*Config).Validate())
	for _, bad := range []int{-1, 0, maxTargetMiB + 1} {
		require.ErrorContains(t, (&Config{TargetMiB: bad}).Validate(), "target_mib: ")
	}
}
