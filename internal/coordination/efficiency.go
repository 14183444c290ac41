package coordination

import (
	"cmp"
	"math"
	"slices"
)

func (v *view) efficiency() Efficiency {
	all := make([][]interval, 0, len(v.actors))
	var work, others, held total
	for id, l := range v.actors {
		all = append(all, l.work)
		n := length(l.work)
		work.add(n)
		held.add(length(l.held))
		if id != "" {
			others.add(n)
		}
	}
	one, two, peak := load(all)
	e := Efficiency{Wall: millis(v.Last - v.First), Active: millis(one), Work: work.millis(), Approval: held.millis(), Peak: peak}
	if one > 0 {
		e.Parallelism = rounded(work.nanos() / float64(one))
		e.Efficiency = rounded(work.nanos() / (float64(one) * float64(peak)))
		e.Overlap = rounded(float64(two) / float64(one))
	}
	if n := work.nanos(); n > 0 {
		e.Delegated = rounded(others.nanos() / n)
	}
	return e
}

// rounded leaves four digits behind the point: the same everywhere.
func rounded(f float64) float64 { return math.Round(f*1e4) / 1e4 }

// types adds up what agents of each type did.
func (v *view) types(delegations []Delegation, p *path) []TypeShare {
	byType := map[string]*TypeShare{}
	get := func(typ string) *TypeShare {
		t := byType[typ]
		if t == nil {
			t = &TypeShare{Type: typ}
			byType[typ] = t
		}
		return t
	}
	durations := map[string][]int64{}
	for i := range delegations {
		d := &delegations[i]
		t := get(d.AgentType)
		t.Delegations++
		switch d.Outcome {
		case OutcomeCompleted, OutcomeStopped:
			t.Completed++
		case OutcomeFailed:
			t.Failed++
		case OutcomeDenied:
			t.Denied++
		default:
			t.Running++
		}
		if d.Background {
			t.Background++
		}
		t.Own += d.Own
		t.Approval += d.Approval
		t.ToolCalls += d.ToolCalls
		t.Errors += d.Errors
		t.Tokens += max(d.Tokens, 0)
		if d.Outcome != OutcomeDenied {
			t.Duration += d.Duration
			t.DurationMax = max(t.DurationMax, d.Duration)
			durations[d.AgentType] = append(durations[d.AgentType], d.Duration)
		}
	}
	main := v.actors[""]
	m := get(mainAgent)
	m.Own += millis(length(main.work))
	m.Approval += millis(length(main.held))
	m.ToolCalls += len(main.mine)
	for _, c := range main.mine {
		if c.failed() {
			m.Errors++
		}
	}
	for typ, ns := range p.byType() {
		get(typ).Critical += millis(ns)
	}
	var work int64
	list := make([]TypeShare, 0, len(byType))
	for typ, t := range byType {
		t.DurationP50 = median(durations[typ])
		work += t.Own
		list = append(list, *t)
	}
	return shares(list, work)
}

// shares sets the types' shares of all work, and sorts them by it.
func shares(list []TypeShare, work int64) []TypeShare {
	for i := range list {
		list[i].Share = 0
		if work > 0 {
			list[i].Share = rounded(float64(list[i].Own) / float64(work))
		}
	}
	slices.SortFunc(list, func(x, y TypeShare) int { return cmp.Or(cmp.Compare(y.Own, x.Own), cmp.Compare(x.Type, y.Type)) })
	return list
}

// median is the value in the middle, of two the lower one; 0 of none.
func median(list []int64) int64 {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[(len(list)-1)/2]
}
