package ratelimit_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/notify/ratelimit"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

func TestAFloodOfLowAlertsHoldsNoCriticalOneBack(t *testing.T) {
	l := ratelimit.New(3, time.Minute)
	now := time.Now()
	allowed := 0
	for range 100 {
		if l.Allow(semconv.SeverityLow, now) {
			allowed++
		}
	}
	require.Equal(t, 3, allowed)
	require.True(t, l.Allow(semconv.SeverityCritical, now))
	require.False(t, l.Allow(semconv.SeverityLow, now.Add(19*time.Second)))
	require.True(t, l.Allow(semconv.SeverityLow, now.Add(21*time.Second)))
}

func TestWithoutALimit(t *testing.T) {
	for _, l := range []*ratelimit.Limiter{nil, ratelimit.New(0, time.Minute), ratelimit.New(5, 0)} {
		for range 1000 {
			require.True(t, l.Allow("", time.Now()))
		}
	}
}
