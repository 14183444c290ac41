package coordination

import (
	"encoding/hex"
	"hash/fnv"
	"math"
)

// maxBack is how many changes before one are looked at.
const maxBack = 32

// conflicts finds, for each change of a file, the last one before it by an agent that
// neither waited for the one that made it nor was waited for by it.
func (v *view) conflicts() (list []Conflict, all int) {
	var files map[uint32][]*call
	list = []Conflict{}
	for _, c := range v.calls {
		if c.action != Edit || !v.several(c) || !c.ok() || c.target == 0 {
			continue
		}
		if before := v.opponent(files[c.target], c); before != nil {
			if all++; len(list) < v.limits.Listed {
				list = append(list, v.conflict(before, c))
			}
		}
		if files == nil {
			files = map[uint32][]*call{}
		}
		files[c.target] = append(files[c.target], c)
	}
	return list, all
}

// opponent is the change that c conflicts with, of those before it; nil when there is
// none since the last one by the same agent.
func (v *view) opponent(before []*call, c *call) *call {
	for i := len(before) - 1; i >= max(0, len(before)-maxBack); i-- {
		b := before[i]
		if b.agent == c.agent || c.end-b.end > int64(v.limits.Window) {
			return nil
		}
		if x, y := v.name(b.agent), v.name(c.agent); !v.ancestor(x, y) && !v.ancestor(y, x) {
			return b
		}
	}
	return nil
}

func (v *view) conflict(first, second *call) Conflict {
	c := Conflict{
		ID: join("conflict", v.id(first), v.id(second)), File: v.name(second.target), Kind: ConflictConsecutive, First: v.touch(first), Second: v.touch(second),
		Gap: millis(second.end - first.end), Base: BaseUnknown,
	}
	// The main agent is always there: it counts only as the other one is at work.
	x, y := v.actors[v.name(first.agent)], v.actors[v.name(second.agent)]
	if x != nil && x.id != "" && x.over() >= second.from() || y != nil && y.id != "" && y.from <= first.end {
		c.Kind = ConflictConcurrent
	}
	switch left, found := v.file(first, hashAfter), v.file(second, hashBefore); {
	case left == "" || found == "":
	case left == found:
		c.Base = BaseFirst
	default:
		c.Base = BaseOther
	}
	return c
}

// over is when an agent had done, or the end of time.
func (l *life) over() int64 {
	if l.stopped == 0 {
		return math.MaxInt64
	}
	return l.to
}

func (v *view) touch(c *call) Touch {
	agent := v.name(c.agent)
	return Touch{AgentID: agent, AgentType: v.typeOf(agent), Call: v.id(c), Time: at(c.end)}
}

// join makes an id of others.
func join(ids ...string) string {
	h := fnv.New128a()
	for _, id := range ids {
		_, _ = h.Write([]byte(id)) // never fails
		_, _ = h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
