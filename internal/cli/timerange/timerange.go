// Package timerange reads the times that commands take.
package timerange

import (
	"fmt"
	"strconv"
	"time"
)

// Parse reads a point in time: a span before now, or RFC 3339.
func Parse(s string, now time.Time) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t, nil
	}
	if days := map[byte]int{'d': 1, 'w': 7}; len(s) > 1 && days[s[len(s)-1]] > 0 {
		if n, err := strconv.Atoi(s[:len(s)-1]); err == nil && n >= 0 && n < 20000 {
			return now.AddDate(0, 0, -n*days[s[len(s)-1]]), nil
		}
	}
	if d, err := time.ParseDuration(s); err == nil && d >= 0 {
		return now.Add(-d), nil
	}
	return time.Time{}, fmt.Errorf("%q is no time: give 90s, 15m, 24h, 7d, 2w or an RFC 3339 time like 2026-01-31T09:00:00Z", s)
}
