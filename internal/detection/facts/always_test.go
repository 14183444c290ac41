package facts

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Alerts are told apart by their evidence: what two handlers find of a program comes in
// the same order in every process.
func TestActsAlwaysComeInOneOrder(t *testing.T) {
	f := FromCommand("docker run -v /var/run/docker.sock:/s 203.0.113.52:5000/toolbox:latest", testContext)
	var kinds []string
	for _, a := range f.Acts {
		kinds = append(kinds, a.Kind)
	}
	require.Equal(t, []string{ActSupplyRemote, ActContainerPrivileged}, kinds)
}

func TestRoleOfAnAbbreviationIsAlwaysTheSame(t *testing.T) {
	s := specOf("gh")
	require.NotEqual(t, s.role("--body"), s.role("--body-file"))
	for range 1000 {
		require.Equal(t, s.role("--body"), s.role("--bod"))
	}
}
