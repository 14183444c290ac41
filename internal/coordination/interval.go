package coordination

import (
	"cmp"
	"slices"
)

// interval is from a moment up to another, in Unix nanoseconds.
type interval struct{ from, to int64 }

// union puts together what overlaps or touches. It sorts list, and uses its memory.
func union(list []interval) []interval {
	slices.SortFunc(list, func(a, b interval) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	out := list[:0]
	for _, i := range list {
		if i.to <= i.from {
			continue
		}
		if n := len(out); n > 0 && i.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, i.to)
			continue
		}
		out = append(out, i)
	}
	return out
}

// intersect is what is in both of two unions.
func intersect(a, b []interval) []interval {
	if len(a) == 0 || len(b) == 0 {
		return nil
	}
	out := make([]interval, 0, min(len(a), len(b)))
	for i, j := 0, 0; i < len(a) && j < len(b); {
		from, to := max(a[i].from, b[j].from), min(a[i].to, b[j].to)
		if from < to {
			out = append(out, interval{from, to})
		}
		if a[i].to < b[j].to {
			i++
		} else {
			j++
		}
	}
	return out
}

// common is how long is in both of two unions, in nanoseconds.
func common(a, b []interval) (n int64) {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		n += max(min(a[i].to, b[j].to)-max(a[i].from, b[j].from), 0)
		if a[i].to < b[j].to {
			i++
		} else {
			j++
		}
	}
	return n
}

// without is what of a union is not in another.
func without(a, b []interval) []interval {
	if len(b) == 0 {
		return a
	}
	var out []interval
	j := 0
	for _, i := range a {
		for j < len(b) && b[j].to <= i.from {
			j++
		}
		from := i.from
		for k := j; k < len(b) && b[k].from < i.to; k++ {
			if b[k].from > from {
				out = append(out, interval{from, b[k].from})
			}
			from = max(from, b[k].to)
		}
		if from < i.to {
			out = append(out, interval{from, i.to})
		}
	}
	return out
}

// length is how long a union is together, in nanoseconds.
func length(list []interval) (n int64) {
	for _, i := range list {
		n += i.to - i.from
	}
	return n
}

// total adds lengths up that are too long together for nanoseconds.
type total struct{ ms, ns int64 }

func (t *total) add(ns int64) {
	t.ms += ns / 1_000_000
	t.ns += ns % 1_000_000
}

func (t total) millis() int64 { return t.ms + millis(t.ns) }

func (t total) nanos() float64 { return float64(t.ms)*1e6 + float64(t.ns) }

// edge is where a number of agents changes.
type edge struct {
	at    int64
	delta int
}

// load tells of the work of all agents, each a union: how long at least one was at
// work, and at least two, and how many at most.
func load(all [][]interval) (one, two int64, peak int) {
	var edges []edge
	for _, list := range all {
		for _, i := range list {
			edges = append(edges, edge{i.from, 1}, edge{i.to, -1})
		}
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.delta, b.delta)) })
	n, since := 0, int64(0)
	for _, e := range edges {
		if n >= 1 {
			one += e.at - since
		}
		if n >= 2 {
			two += e.at - since
		}
		n, since = n+e.delta, e.at
		peak = max(peak, n)
	}
	return one, two, peak
}
