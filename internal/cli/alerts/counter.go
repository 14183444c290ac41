package alerts

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Stats is what alerts stats prints with --json.
type Stats struct {
	From           time.Time          `json:"from"` // midnight
	To             time.Time          `json:"to"`
	Days           int                `json:"days"`
	Alerts         int                `json:"alerts"`
	Before         int                `json:"before"` // in the same time before From
	Unacknowledged int                `json:"unacknowledged"`
	Suppressed     int64              `json:"suppressed"` // like them, and not told
	PerDay         []Day              `json:"per_day"`
	By             map[string][]Count `json:"by"` // by what was asked for, the most first; severities the worst first
}

// Day is a day's alerts.
type Day struct {
	Date   string `json:"date"` // 2026-01-31
	Alerts int    `json:"alerts"`
}

// Count is how many alerts there are of one severity, rule or project.
type Count struct {
	Name           string `json:"name"`
	Severity       string `json:"severity,omitempty"` // of a rule: the worst that it gave
	Alerts         int    `json:"alerts"`
	Before         int    `json:"before"`
	Unacknowledged int    `json:"unacknowledged"`
	PerDay         []int  `json:"per_day"`
}

// maxNames bounds how many rules and projects are counted one by one; names come
// from records.
const maxNames = 1000

// otherNames is where the rest is counted.
const otherNames = "(others)"

type counter struct {
	stats            Stats
	before, beforeTo time.Time   // the period to compare with
	starts           []time.Time // of the days
	by               map[string]map[string]*Count
}

func newCounter(now time.Time, days int) *counter {
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	from := midnight.AddDate(0, 0, 1-days)
	c := &counter{
		stats:  Stats{From: from, To: now, Days: days},
		before: from.AddDate(0, 0, -days), beforeTo: now.AddDate(0, 0, -days),
		by: map[string]map[string]*Count{bySeverity: {}, byRule: {}, byProject: {}},
	}
	for i := range days {
		start := from.AddDate(0, 0, i)
		c.starts = append(c.starts, start)
		c.stats.PerDay = append(c.stats.PerDay, Day{Date: start.Format(time.DateOnly)})
	}
	return c
}

func (c *counter) add(a *Alert) {
	day := c.day(a.Time)
	if day < 0 && !a.Time.Before(c.beforeTo) {
		return // before, but later in the day than now
	}
	if day >= 0 {
		c.stats.Alerts++
		c.stats.PerDay[day].Alerts++
		c.stats.Suppressed += max(0, a.Suppressed)
		if a.open() {
			c.stats.Unacknowledged++
		}
	} else {
		c.stats.Before++
	}
	for _, by := range []struct{ what, name string }{{bySeverity, a.Severity}, {byRule, or(a.Rule, a.RuleID)}, {byProject, or(a.Project, a.ProjectPath)}} {
		n := c.of(by.what, by.name)
		if by.what == byRule && worse(a.Severity, n.Severity) < 0 {
			n.Severity = a.Severity
		}
		if day < 0 {
			n.Before++
			continue
		}
		n.Alerts++
		n.PerDay[day]++
		if a.open() {
			n.Unacknowledged++
		}
	}
}

// day is the number of the day that t is in, or -1 when it is before the first.
func (c *counter) day(t time.Time) int {
	i, found := slices.BinarySearchFunc(c.starts, t, time.Time.Compare)
	if found {
		return i
	}
	return i - 1
}

func (c *counter) of(what, name string) *Count {
	counts := c.by[what]
	n, ok := counts[name]
	if !ok && len(counts) >= maxNames {
		name = otherNames
		n, ok = counts[name]
	}
	if !ok {
		n = &Count{Name: name, PerDay: make([]int, c.stats.Days)}
		counts[name] = n
	}
	return n
}

func (c *counter) result(by []string) *Stats {
	c.stats.By = map[string][]Count{}
	for _, what := range by {
		counts := make([]Count, 0, len(c.by[what]))
		for _, n := range c.by[what] {
			counts = append(counts, *n)
		}
		slices.SortFunc(counts, func(a, b Count) int {
			if what == bySeverity {
				return cmp.Or(worse(a.Name, b.Name), strings.Compare(a.Name, b.Name))
			}
			return cmp.Or(b.Alerts-a.Alerts, b.Before-a.Before, strings.Compare(a.Name, b.Name))
		})
		c.stats.By[what] = counts
	}
	return &c.stats
}
