package secretredactionprocessor

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDeadline(t *testing.T) {
	d := newDeadline(t.Context(), time.Hour)
	require.NoError(t, d.Err())
	at, ok := d.Deadline()
	require.True(t, ok)
	require.WithinDuration(t, time.Now().Add(time.Hour), at, time.Minute)
	d.release() // nobody waited

	d = newDeadline(t.Context(), 10*time.Millisecond)
	<-d.Done()
	require.ErrorIs(t, d.Err(), context.DeadlineExceeded)
	d.release()

	parent, cancel := context.WithCancel(t.Context())
	d = newDeadline(parent, time.Hour)
	done := d.Done()
	cancel()
	<-done
	require.ErrorIs(t, d.Err(), context.Canceled)
	d.release()
}
