package eventgen

import (
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/filehash"
)

// call adds a tool call: before and after, or as it is denied, or without an end.
func (t *turn) call(at time.Time) {
	s, o := t.s, t.s.options
	if o.Alerts > 0 && s.r.Float64() < o.Alerts*2.9 { // about so many records are there for each call
		t.risky(at)
		return
	}
	k := tools[weighted(s.r, toolWeights)]
	outside := k.outside != nil && o.Outside > 0 && s.r.Float64() < o.Outside*1.6 // not every tool has paths
	var c calling
	if outside {
		c = k.outside(s)
	} else {
		c = k.call(s)
	}
	id := s.callID()
	before := item{at: at, outside: outside, payload: t.payload("PreToolUse", c.fields(k.name, id))}
	if c.changed != "" {
		before.hash, before.size = filehash.Text(s.hex(8)), int64(200+s.r.IntN(20_000))
	}
	t.add(before)
	after := before
	after.at = at.Add(t.duration(k))
	fields := c.fields(k.name, id)
	switch x := s.r.Float64(); {
	case o.Denied > 0 && x < o.Denied:
		request := c.fields(k.name, id)
		delete(request, "tool_use_id")
		t.add(item{at: at.Add(3 * time.Millisecond), outside: outside, payload: t.payload("PermissionRequest", request)})
		fields["reason"] = pick(s.r, []string{"The user rejected the call", "Denied by a rule of the project", "The user wants another way"})
		after.payload, after.hash = t.payload("PermissionDenied", fields), ""
	case x < o.Denied+0.02:
		return // cancelled: nothing tells of its end
	case o.Failed > 0 && x < o.Denied+0.02+o.Failed*k.fails:
		fields["error"], fields["is_interrupt"] = pick(s.r, k.errors), false
		fields["duration_ms"] = after.at.Sub(at).Milliseconds()
		after.payload = t.payload("PostToolUseFailure", fields)
	default:
		fields["tool_response"], fields["duration_ms"] = c.response, after.at.Sub(at).Milliseconds()
		after.payload = t.payload("PostToolUse", fields)
		if c.changed != "" {
			after.hash = filehash.Text(s.hex(8))
		}
	}
	t.add(after)
}

// unended adds a call of which only the start is known.
func (t *turn) unended(at time.Time) {
	k := tools[weighted(t.s.r, toolWeights)]
	c := k.call(t.s)
	t.add(item{at: at, payload: t.payload("PreToolUse", c.fields(k.name, t.s.callID()))})
}

// duration is how long a call takes: log-normal by its tool, but no longer than the
// turn has room for.
func (t *turn) duration(k *tool) time.Duration {
	d := time.Duration(logNormal(t.s.r, k.millis, k.sigma) * float64(time.Millisecond))
	return max(min(d, t.to.Sub(t.from)), time.Millisecond)
}

// risky adds a call in which rules find something.
func (t *turn) risky(at time.Time) {
	s := t.s
	k := riskyCalls[weighted(s.r, riskyWeights)]
	id := s.callID()
	c := calling{input: k.input(s), response: map[string]any{"stdout": "", "stderr": "", "interrupted": false}}
	t.add(item{at: at, outside: k.outside, risky: true, payload: t.payload("PreToolUse", c.fields(k.tool, id))})
	took := t.duration(&tool{millis: 300, sigma: 1})
	fields := c.fields(k.tool, id)
	fields["tool_response"], fields["duration_ms"] = c.response, took.Milliseconds()
	t.add(item{at: at.Add(took), outside: k.outside, payload: t.payload("PostToolUse", fields)})
}
