package panelquery

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// steps are Grafana's intervals, each with the bound below which it is chosen.
var steps = []struct{ below, interval time.Duration }{
	{10 * time.Millisecond, time.Millisecond},
	{15 * time.Millisecond, 10 * time.Millisecond},
	{35 * time.Millisecond, 20 * time.Millisecond},
	{75 * time.Millisecond, 50 * time.Millisecond},
	{150 * time.Millisecond, 100 * time.Millisecond},
	{350 * time.Millisecond, 200 * time.Millisecond},
	{750 * time.Millisecond, 500 * time.Millisecond},
	{1500 * time.Millisecond, time.Second},
	{3500 * time.Millisecond, 2 * time.Second},
	{7500 * time.Millisecond, 5 * time.Second},
	{12500 * time.Millisecond, 10 * time.Second},
	{17500 * time.Millisecond, 15 * time.Second},
	{25 * time.Second, 20 * time.Second},
	{45 * time.Second, 30 * time.Second},
	{90 * time.Second, time.Minute},
	{210 * time.Second, 2 * time.Minute},
	{450 * time.Second, 5 * time.Minute},
	{750 * time.Second, 10 * time.Minute},
	{1050 * time.Second, 15 * time.Minute},
	{1500 * time.Second, 20 * time.Minute},
	{2700 * time.Second, 30 * time.Minute},
	{5400 * time.Second, time.Hour},
	{9000 * time.Second, 2 * time.Hour},
	{16200 * time.Second, 3 * time.Hour},
	{32400 * time.Second, 6 * time.Hour},
	{24 * time.Hour, 12 * time.Hour},
	{7 * 24 * time.Hour, 24 * time.Hour},
}

const week = 7 * 24 * time.Hour

func roundInterval(d time.Duration) time.Duration {
	for _, s := range steps {
		if d < s.below {
			return s.interval
		}
	}
	return week
}

// formatInterval writes a duration as Grafana does: in the largest unit that
// divides it.
func formatInterval(d time.Duration) string {
	for _, u := range []struct {
		unit time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		if d >= u.unit {
			return strconv.FormatInt(int64(d/u.unit), 10) + u.name
		}
	}
	return strconv.FormatInt(max(1, d.Milliseconds()), 10) + "ms"
}

var durationText = regexp.MustCompile(`^(\d+)(ms|s|m|h|d|w)$`)

// duration reads a duration of one unit, such as 1m or 7d.
func duration(text string) (time.Duration, error) {
	m := durationText.FindStringSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("%q is not a duration such as 1m", text)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return 0, fmt.Errorf("%q is not a duration: %w", text, err)
	}
	unit := map[string]time.Duration{
		"ms": time.Millisecond, "s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": week,
	}[m[2]]
	return time.Duration(n) * unit, nil
}

// at reads a time such as now or now-24h.
func at(text string, now time.Time) (time.Time, error) {
	rest, ok := strings.CutPrefix(text, "now")
	if !ok {
		return now, fmt.Errorf("time %q is neither now nor now minus a duration: not known here", text)
	}
	if rest == "" {
		return now, nil
	}
	d, err := duration(strings.TrimPrefix(rest, "-"))
	if err != nil || rest[0] != '-' {
		return now, fmt.Errorf("time %q is neither now nor now minus a duration: not known here", text)
	}
	return now.Add(-d), nil
}
