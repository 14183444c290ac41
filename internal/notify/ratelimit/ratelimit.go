// Package ratelimit bounds how many notifications a channel gets in a time. Each
// severity has an allowance of its own, so that a flood of low alerts does not hold
// back a critical one.
package ratelimit

import (
	"time"

	"golang.org/x/time/rate"

	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
)

// Limiter is such a bound. The zero Limiter, and nil, allow everything.
type Limiter struct {
	bySeverity [5]*rate.Limiter // by rank
}

// New allows burst notifications of a severity at once, and as many in per,
// evenly. 0 of either allows everything.
func New(burst int, per time.Duration) *Limiter {
	l := &Limiter{}
	if burst <= 0 || per <= 0 {
		return l
	}
	for i := range l.bySeverity {
		l.bySeverity[i] = rate.NewLimiter(rate.Every(per/time.Duration(burst)), burst)
	}
	return l
}

// Allow reports whether a notification of that severity may be sent at that time,
// and counts it if so.
func (l *Limiter) Allow(severity string, now time.Time) bool {
	if l == nil {
		return true
	}
	b := l.bySeverity[securityalert.Rank(severity)]
	return b == nil || b.AllowN(now, 1)
}
