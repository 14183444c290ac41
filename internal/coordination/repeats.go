package coordination

import (
	"slices"
	"strings"
)

// readings are what was read, or searched for, while nothing changed.
type readings struct {
	first *call
	other *call    // the first by another agent than first's
	more  []string // further agents
	times int
	since int64
}

// maxParents is how many directories above a file are told of its change.
const maxParents = 64

// repeats finds what agents did that others had done.
func (v *view) repeats() (list []Repeat, all int) {
	groups := map[*doers]int{} // places in made
	var made []readings
	changed := map[string]int64{} // when, by file, and by directory of files
	list = []Repeat{}
	reads := false
	searched := map[string]bool{} // by several agents
	for _, c := range v.calls {
		if c.doers != nil && c.doers.several {
			reads = reads || c.Action == Read
			if c.Action == Search {
				searched[c.Target] = true
			}
		}
	}
	if !reads && len(searched) == 0 {
		return list, 0
	}
	for _, c := range v.calls {
		if c.doers == nil || !c.ok() {
			continue
		}
		switch c.Action {
		case Edit:
			changed[c.Target] = c.End
			if len(searched) > 0 {
				above(c.Target, func(place string) bool {
					if searched[place] {
						changed[place] = c.End
					}
					return true
				})
			}
			continue
		case Read, Search:
		}
		if !c.doers.several {
			continue
		}
		n, known := groups[c.doers]
		if !known || changed[c.Target] > made[n].since {
			n, made = len(made), append(made, readings{since: c.from()})
			groups[c.doers] = n
		}
		g := &made[n]
		g.times++
		switch {
		case g.first == nil:
			g.first = c
			continue
		case c.Agent == g.first.Agent, g.other != nil && c.Agent == g.other.Agent, slices.Contains(g.more, c.Agent):
			continue // was told of
		case g.other == nil:
			g.other = c
		default:
			g.more = append(g.more, c.Agent)
		}
		if all++; len(list) < v.limits.Listed {
			r := Repeat{
				ID: join("repeat", g.first.id, c.id), Kind: RepeatRead, Target: c.Target, Detail: c.Detail, First: v.touch(g.first), Second: v.touch(c), Times: g.times,
			}
			if c.Action == Search {
				r.Kind = RepeatSearch
			}
			list = append(list, r)
		}
	}
	return list, all
}

// above calls fn with the places in which a file is, the nearest first, until fn returns
// false. "" and "." are everywhere.
func above(file string, fn func(place string) bool) {
	dir := file
	for range maxParents {
		i := strings.LastIndexByte(dir, '/')
		if i < 0 {
			break
		}
		if dir = dir[:i]; dir == "" {
			if !fn("/") {
				return
			}
			break
		}
		if !fn(dir) {
			return
		}
	}
	if fn("") {
		fn(".")
	}
}
