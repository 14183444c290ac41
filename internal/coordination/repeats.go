package coordination

import (
	"slices"
	"strings"
)

// readings are what was read, or searched for, while nothing changed.
type readings struct {
	first *call
	other *call    // the first by another agent than first's
	more  []uint32 // further agents
	times int
	since int64
}

// maxParents is how many directories above a file are told of its change.
const maxParents = 64

// repeats finds what agents did that others had done.
func (v *view) repeats() (list []Repeat, all int) {
	groups := map[uint32]int{} // by doers: places in made
	var made []readings
	changed := map[string]int64{} // when, by file, and by directory of files
	list = []Repeat{}
	reads := false
	searched := map[string]bool{} // by several agents
	for _, c := range v.calls {
		if v.several(c) {
			reads = reads || c.action == Read
			if c.action == Search {
				searched[v.name(c.target)] = true
			}
		}
	}
	if !reads && len(searched) == 0 {
		return list, 0
	}
	for _, c := range v.calls {
		if c.doers == 0 || !c.ok() {
			continue
		}
		switch c.action {
		case Edit:
			target := v.name(c.target)
			changed[target] = c.end
			if len(searched) > 0 {
				above(target, func(place string) bool {
					if searched[place] {
						changed[place] = c.end
					}
					return true
				})
			}
			continue
		case Read, Search:
		}
		if !v.several(c) {
			continue
		}
		n, known := groups[c.doers]
		if !known || changed[v.name(c.target)] > made[n].since {
			n, made = len(made), append(made, readings{since: c.from()})
			groups[c.doers] = n
		}
		g := &made[n]
		g.times++
		switch {
		case g.first == nil:
			g.first = c
			continue
		case c.agent == g.first.agent, g.other != nil && c.agent == g.other.agent, slices.Contains(g.more, c.agent):
			continue // was told of
		case g.other == nil:
			g.other = c
		default:
			g.more = append(g.more, c.agent)
		}
		if all++; len(list) < v.limits.Listed {
			r := Repeat{
				ID: join("repeat", v.id(g.first), v.id(c)), Kind: RepeatRead, Target: v.name(c.target), Detail: v.name(c.detail), First: v.touch(g.first), Second: v.touch(c), Times: g.times,
			}
			if c.action == Search {
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
