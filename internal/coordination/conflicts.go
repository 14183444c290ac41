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
	var files map[string][]*call
	list = []Conflict{}
	for _, c := range v.calls {
		if c.Action != Edit || c.doers == nil || !c.doers.several || !c.ok() || c.Target == "" {
			continue
		}
		if before := v.opponent(files[c.Target], c); before != nil {
			if all++; len(list) < v.limits.Listed {
				list = append(list, v.conflict(before, c))
			}
		}
		if files == nil {
			files = map[string][]*call{}
		}
		files[c.Target] = append(files[c.Target], c)
	}
	return list, all
}

// opponent is the change that c conflicts with, of those before it; nil when there is
// none since the last one by the same agent.
func (v *view) opponent(before []*call, c *call) *call {
	for i := len(before) - 1; i >= max(0, len(before)-maxBack); i-- {
		b := before[i]
		if b.Agent == c.Agent || c.End-b.End > int64(v.limits.Window) {
			return nil
		}
		if !v.ancestor(b.Agent, c.Agent) && !v.ancestor(c.Agent, b.Agent) {
			return b
		}
	}
	return nil
}

func (v *view) conflict(first, second *call) Conflict {
	c := Conflict{
		ID: join("conflict", first.id, second.id), File: second.Target, Kind: ConflictConsecutive, First: v.touch(first), Second: v.touch(second),
		Gap: millis(second.End - first.End), Base: BaseUnknown,
	}
	// The main agent is always there: it counts only as the other one is at work.
	x, y := v.actors[first.Agent], v.actors[second.Agent]
	if x != nil && x.id != "" && x.over() >= second.from() || y != nil && y.id != "" && y.from <= first.End {
		c.Kind = ConflictConcurrent
	}
	switch {
	case first.After == "" || second.Before == "":
	case first.After == second.Before:
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
	return Touch{AgentID: c.Agent, AgentType: v.typeOf(c.Agent), Call: c.id, Time: at(c.End)}
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
