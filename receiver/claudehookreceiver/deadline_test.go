package claudehookreceiver

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

type valueKey struct{}

func TestDeadline(t *testing.T) {
	for name, waits := range map[string]bool{"nobody waits": false, "somebody waits": true} {
		for end, tc := range map[string]struct {
			end  func(d *deadline, parent context.CancelFunc)
			want error
		}{
			"stopped":      {func(d *deadline, _ context.CancelFunc) { d.stop() }, context.Canceled},
			"parent ended": {func(_ *deadline, parent context.CancelFunc) { parent() }, context.Canceled},
			"time is up":   {func(*deadline, context.CancelFunc) { time.Sleep(time.Second) }, context.DeadlineExceeded},
		} {
			t.Run(name+", "+end, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					parent, cancel := context.WithCancel(t.Context())
					defer cancel()
					values, gone := context.WithCancelCause(context.WithValue(t.Context(), valueKey{}, "value"))
					d := within(parent, values, time.Second)
					defer d.stop()
					at, ok := d.Deadline()
					require.True(t, ok)
					require.Equal(t, time.Now().Add(time.Second), at)
					if waits {
						select {
						case <-d.Done():
							require.Fail(t, "ended at once")
						default:
						}
					}
					gone(errors.New("gone")) // does not matter
					time.Sleep(time.Second - 1)
					require.NoError(t, d.Err())
					require.Equal(t, "value", d.Value(valueKey{}))
					require.Nil(t, d.Value(d))
					tc.end(d, cancel)
					require.Equal(t, tc.want, d.Err())
					require.Equal(t, tc.want, context.Cause(d))
					<-d.Done()
					require.Equal(t, tc.want, d.Err())
					require.Equal(t, tc.want, context.Cause(d))
					d.stop()
					require.Equal(t, tc.want, d.Err(), "it stays")
					require.Equal(t, "value", d.Value(valueKey{}))
				})
			})
		}
	}
}

// What is made of it ends with it, without a goroutine that watches.
func TestDeadlineEndsItsChildren(t *testing.T) {
	d := within(t.Context(), t.Context(), time.Hour)
	before := runtime.NumGoroutine()
	child, cancel := context.WithCancel(context.WithValue(d, valueKey{}, "child"))
	defer cancel()
	require.Equal(t, before, runtime.NumGoroutine())
	require.NoError(t, child.Err())
	d.stop()
	<-child.Done()
	require.Equal(t, context.Canceled, child.Err())
	late, cancel := context.WithTimeout(d, time.Hour)
	defer cancel()
	require.Equal(t, context.Canceled, late.Err())
}
