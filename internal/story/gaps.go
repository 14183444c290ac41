package story

import (
	"cmp"
	"slices"
)

// findGaps returns an entry for every run of numbers that is not among the events,
// which stand in the order of time. Where the numbers began anew they are looked at
// anew. Of a part of a session the first number is where it begins.
func findGaps(events []Event, part bool) []Entry {
	var gaps []Entry
	var run []*Event
	end := func() {
		gaps = append(gaps, gapsOf(run, part)...)
		run, part = nil, false
	}
	for i := range events {
		e := &events[i]
		if e.Seq == 0 || !e.counted() {
			continue
		}
		if e.Restarted && len(run) > 0 {
			end()
		}
		run = append(run, e)
	}
	end()
	return gaps
}

func gapsOf(run []*Event, part bool) []Entry {
	slices.SortStableFunc(run, func(x, y *Event) int { return cmp.Compare(x.Seq, y.Seq) })
	var gaps []Entry
	next := uint64(1)
	if part && len(run) > 0 {
		next = run[0].Seq
	}
	for _, e := range run {
		if e.Seq > next {
			gaps = append(gaps, Entry{
				Kind: KindGap, Time: e.Time, Event: "telemetry_gap",
				Gap: &Gap{First: next, Last: e.Seq - 1, Missing: e.Seq - next},
			})
		}
		next = max(next, e.Seq+1)
	}
	return gaps
}
