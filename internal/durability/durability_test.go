package durability

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestWithoutAGroupASyncRunsWhereItIs(t *testing.T) {
	failure := errors.New("disk")
	require.ErrorIs(t, Sync(t.Context(), func() error { return failure }), failure)
}

func TestAGroupWaitsForAllAndTellsWhatFailed(t *testing.T) {
	ctx, g := Defer(t.Context())
	failure, free := errors.New("disk"), make(chan struct{})
	require.NoError(t, Sync(ctx, func() error { <-free; return failure }))
	require.NoError(t, Sync(ctx, func() error { panic("a fault") }))
	require.NoError(t, Sync(ctx, func() error { return nil }))
	require.Equal(t, 3, g.Count())
	close(free)
	err := g.Wait()
	require.ErrorIs(t, err, failure)
	require.ErrorContains(t, err, "a fault")
}

func TestNothingIsDeferredBeyondTheWait(t *testing.T) {
	ctx, g := Defer(t.Context())
	require.NoError(t, g.Wait())
	failure := errors.New("disk")
	require.ErrorIs(t, Sync(context.WithoutCancel(ctx), func() error { return failure }), failure)
	require.Zero(t, g.Count())
}
