package rollup

import (
	"cmp"
	"slices"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// key is what a group has in common.
type key struct {
	minute  int64
	project string
	texts   [maxTexts]string // in the order of the kind's
}

func (k key) compare(o key) int {
	if c := cmp.Or(cmp.Compare(k.minute, o.minute), strings.Compare(k.project, o.project)); c != 0 {
		return c
	}
	return slices.Compare(k.texts[:], o.texts[:])
}

// group is one roll-up to be.
type group struct {
	kind      *kind
	key       key
	numbers   []int64
	durations []int64
}

func (g *group) add(name string, n int64) { g.numbers[g.kind.place[name]] += n }

func (g *group) one(name string, when bool) {
	if when {
		g.add(name, 1)
	}
}

func (g *group) set(name string, n int64) { g.numbers[g.kind.place[name]] = n }

// took adds a duration in milliseconds.
func (g *group) took(ms int64) {
	g.add(semconv.RollupDurationCount, 1)
	g.add(semconv.RollupDurationSum, ms)
	most := &g.numbers[g.kind.place[semconv.RollupDurationMax]]
	*most = max(*most, ms)
	if g.kind != toolKind {
		return
	}
	g.durations = append(g.durations, ms)
	g.one(semconv.RollupUnder100ms, ms < 100)
	g.one(semconv.RollupUnder1s, ms < 1_000)
	g.one(semconv.RollupUnder10s, ms < 10_000)
}

// finish computes what needs all of the group.
func (g *group) finish() {
	if len(g.durations) == 0 {
		return
	}
	slices.Sort(g.durations)
	g.set(semconv.RollupDurationP50, quantile(g.durations, 50))
	g.set(semconv.RollupDurationP95, quantile(g.durations, 95))
}

// quantile is the smallest value that at least percent of all are not above.
func quantile(sorted []int64, percent int) int64 {
	return sorted[(len(sorted)*percent+99)/100-1]
}

// table is the groups of a kind.
type table struct {
	kind   *kind
	limit  int
	groups map[key]*group
}

// at returns the group of a key. Beyond the limit all of a minute are one.
func (t *table) at(k key) *group {
	g := t.groups[k]
	if g != nil {
		return g
	}
	if len(t.groups) >= t.limit {
		k.project = semconv.RollupOther
		for i := range t.kind.texts {
			k.texts[i] = semconv.RollupOther
		}
		if g = t.groups[k]; g != nil {
			return g
		}
	}
	g = &group{kind: t.kind, key: k, numbers: make([]int64, len(t.kind.numbers))}
	t.groups[k] = g
	return g
}

func (t *table) sorted() []*group {
	all := make([]*group, 0, len(t.groups))
	for _, g := range t.groups {
		all = append(all, g)
	}
	slices.SortFunc(all, func(a, b *group) int { return a.key.compare(b.key) })
	return all
}
