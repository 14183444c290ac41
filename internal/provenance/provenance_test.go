package provenance_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/provenance"
)

func TestOwner(t *testing.T) {
	require.False(t, provenance.IsOwner(t.Context()))
	ctx, cancel := context.WithCancel(provenance.OfOwner(t.Context()))
	defer cancel()
	require.True(t, provenance.IsOwner(context.WithoutCancel(ctx)))
}
