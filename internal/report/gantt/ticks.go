package gantt

import (
	"cmp"
	"slices"
	"time"
)

// Tick is a time that the axis names.
type Tick struct {
	Time  time.Time
	X     float64
	Label string
	// Minor says that the axis is as well without its name where there is little room.
	Minor bool
}

const (
	maxTicks = 8
	tickRoom = 0.1 // of the axis, between the names of two
)

// tickSteps are the distances of ticks.
var tickSteps = []time.Duration{
	time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond, 10 * time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond,
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
	24 * time.Hour, 2 * 24 * time.Hour, 7 * 24 * time.Hour, 28 * 24 * time.Hour, 91 * 24 * time.Hour, 364 * 24 * time.Hour, 3640 * 24 * time.Hour,
}

// ticks returns round times, and when each part begins where there is room for that.
func (s *Scale) ticks() []Tick {
	length := 0.0
	for _, p := range s.parts {
		length += float64(p.length())
	}
	step := tickSteps[len(tickSteps)-1]
	for _, d := range tickSteps {
		if length/float64(d) < maxTicks {
			step = d
			break
		}
	}
	var all []Tick
	place := func(t time.Time) {
		x := s.X(t)
		if !slices.ContainsFunc(all, func(o Tick) bool { return x-o.X < tickRoom && o.X-x < tickRoom }) {
			all = append(all, Tick{Time: t.UTC(), X: x})
		}
	}
	for i, p := range s.parts {
		if i > 0 && p.x1-p.x0 > tickRoom/2 { // behind a break nobody could tell
			place(p.From)
		}
	}
	for _, p := range s.parts {
		at := p.From.UTC().Truncate(step)
		for range maxTicks + 2 {
			if at = at.Add(step); at.After(p.To) {
				break
			}
			place(at)
		}
	}
	if len(s.parts) > 0 {
		place(s.parts[0].From)
	}
	slices.SortFunc(all, func(a, b Tick) int { return cmp.Compare(a.X, b.X) })
	layout := "15:04"
	switch {
	case step < time.Second:
		layout = "15:04:05.000"
	case step < time.Minute:
		layout = "15:04:05"
	case step >= 24*time.Hour:
		layout = ""
	}
	day := ""
	several := len(s.parts) > 0 && s.parts[0].From.UTC().Format(time.DateOnly) != s.parts[len(s.parts)-1].To.UTC().Format(time.DateOnly)
	for i := range all {
		t := &all[i]
		t.Minor = i%2 == 1
		d := t.Time.Format("2 Jan")
		switch {
		case layout == "":
			t.Label = d
		case several && d != day:
			t.Label = d + " " + t.Time.Format("15:04")
		default:
			t.Label = t.Time.Format(layout)
		}
		day = d
	}
	return all
}
