package panelquery

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Target is one query of a panel as the dashboard holds it.
type Target struct {
	Name    string // its refId, or the annotation's name
	Expr    string // with variables
	Instant bool
	// MaxLines of a log query; 0 for the data source's default.
	MaxLines int
	Forward  bool
	Legend   string // of series, with labels in {{ }}

	queryType, step, minInterval string
	maxDataPoints                int
	all                          map[string]string
}

// Query is what Grafana would send.
type Query struct {
	Expr    string
	Instant bool // at End
	// Step of a range query.
	Step       time.Duration
	Start, End time.Time
	// Limit of a log query.
	Limit int
	// Forward asks for the oldest lines first.
	Forward bool
}

// Defaults of Grafana's Loki data source.
const (
	defaultLimit     = 1000
	maxPoints        = 11000
	defaultMinPoints = 100 // of a panel of no known width
)

// Interpolate makes the query for a time range and a panel of this width.
func (t Target) Interpolate(vars Vars, from, to time.Time, widthPx int) (Query, error) {
	if t.queryType != "instant" && t.queryType != "range" {
		return Query{}, fmt.Errorf("target %s has the queryType %q: neither instant nor range", t.Name, t.queryType)
	}
	if !from.Before(to) {
		return Query{}, errors.New("the time range is empty")
	}
	interval, err := t.interval(to.Sub(from), widthPx)
	if err != nil {
		return Query{}, fmt.Errorf("target %s: %w", t.Name, err)
	}
	q := Query{Instant: t.Instant, Start: from, End: to, Limit: t.MaxLines, Forward: t.Forward}
	if q.Limit == 0 {
		q.Limit = defaultLimit
	}
	if q.Step, err = t.queryStep(interval, to.Sub(from)); err != nil {
		return q, fmt.Errorf("target %s: %w", t.Name, err)
	}
	if q.Expr, err = t.variables(t.Expr, vars); err != nil {
		return q, fmt.Errorf("target %s: %w", t.Name, err)
	}
	q.Expr = t.times(q.Expr, interval, q.Step, to.Sub(from))
	if i := strings.Index(q.Expr, "$__"); i >= 0 {
		return q, fmt.Errorf("target %s has an unknown variable: %.20q", t.Name, q.Expr[i:])
	}
	if !q.Instant { // Grafana aligns what it splits by days, and Loki does it again
		q.Start, q.End = q.Start.Truncate(q.Step), q.End.Truncate(q.Step)
	}
	return q, nil
}

// interval is Grafana's $__interval.
func (t Target) interval(span time.Duration, widthPx int) (time.Duration, error) {
	points := t.maxDataPoints
	if points == 0 {
		points = widthPx
	}
	if points <= 0 {
		points = defaultMinPoints
	}
	interval := roundInterval(span / time.Duration(points))
	if t.minInterval == "" {
		return interval, nil
	}
	least, err := duration(strings.TrimPrefix(t.minInterval, ">"))
	if err != nil {
		return 0, fmt.Errorf("minimum interval: %w", err)
	}
	return max(interval, least), nil
}

func (t Target) queryStep(interval, span time.Duration) (time.Duration, error) {
	switch t.step {
	case "":
		safe := span / maxPoints
		return time.Duration(math.Ceil(float64(max(interval, safe))/float64(time.Millisecond))) * time.Millisecond, nil
	case "$__interval":
		return interval, nil
	}
	step, err := duration(t.step)
	if err != nil {
		return 0, fmt.Errorf("step: %w", err)
	}
	return step, nil
}

// times puts the variables of time in.
func (t Target) times(expr string, interval, step, span time.Duration) string {
	seconds := strconv.FormatInt(int64(math.Round(span.Seconds())), 10)
	auto := formatInterval(step)
	if t.Instant {
		auto = seconds + "s"
	}
	return strings.NewReplacer( // of two that begin alike the longer one stands first
		"$__interval_ms", strconv.FormatInt(interval.Milliseconds(), 10),
		"$__interval", formatInterval(interval),
		"$__range_ms", strconv.FormatInt(span.Milliseconds(), 10),
		"$__range_s", seconds,
		"$__range", seconds+"s",
		"$__auto", auto,
	).Replace(expr)
}

var (
	variable = regexp.MustCompile(`\$\{(\w+)(?::(\w+))?\}|\$(\w+)|\[\[\w+\]\]`)
	special  = regexp.MustCompile(`[\\^$*+?.()|[\]{}/]`)
)

// variables puts the values of the dashboard's variables in.
func (t Target) variables(expr string, vars Vars) (string, error) {
	var failed error
	out := variable.ReplaceAllStringFunc(expr, func(found string) string {
		m := variable.FindStringSubmatch(found)
		name, format := m[1], m[2]
		if strings.HasPrefix(m[3], "__") {
			return found // of time
		}
		value, known := vars[name]
		switch {
		case name == "" || format != "regex":
			failed = errors.Join(failed, fmt.Errorf("%s is not ${name:regex}: a value would not be escaped", found))
		case !known:
			failed = errors.Join(failed, fmt.Errorf("there is no variable %s", name))
		case value.All:
			return t.all[name]
		default:
			return regexValues(value.Values)
		}
		return found
	})
	return out, failed
}

// regexValues is Grafana's format regex.
func regexValues(values []string) string {
	escaped := make([]string, len(values))
	for i, v := range values {
		escaped[i] = special.ReplaceAllString(v, `\$0`)
	}
	if len(escaped) == 1 {
		return escaped[0]
	}
	return "(" + strings.Join(escaped, "|") + ")"
}
