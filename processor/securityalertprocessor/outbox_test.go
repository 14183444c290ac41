package securityalertprocessor

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// Alerts that no event carries wait while nobody takes them, and the log does not
// say so twice a second; what is refused for good does not hold up what is behind.
func TestOutbox(t *testing.T) {
	b := newBench(t, nil)
	core, logs := observer.New(zap.WarnLevel)
	b.logger = zap.New(core)
	for i := range 3 {
		require.NoError(t, b.run(fmt.Sprint(i), "bad"))
	}
	b.at = b.at.Add(time.Hour)
	b.sink.refuse(errors.New("full"))
	for range 10 {
		b.flush(t.Context())
		b.at = b.at.Add(time.Second)
	}
	require.Equal(t, 1, logs.Len())
	b.at = b.at.Add(time.Minute)
	b.flush(t.Context())
	require.Equal(t, 2, logs.Len())
	require.Len(t, b.outbox.alerts, 1)
	b.sink.refuse(consumererror.NewPermanent(errors.New("no")))
	b.flush(t.Context())
	require.Empty(t, b.outbox.alerts)
	require.Contains(t, logs.All()[2].Message, "lost")
}

// An event whose time is to come does not hide its alert.
func TestAnEventOfTheFuture(t *testing.T) {
	b := newBench(t, nil)
	now := b.at
	b.at = now.Add(1000 * time.Hour)
	run := b.run
	b.now = func() time.Time { return now }
	require.NoError(t, run("1", "bad"))
	require.Equal(t, now, b.alerts()[0].Time.UTC())
}
