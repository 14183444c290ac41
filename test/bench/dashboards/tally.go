package main

import (
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// tally counts the records of each session, and the agents that it called.
type tally map[string]*counted

type counted struct{ records, agents int }

func (t tally) add(ld plog.Logs) {
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				id, ok := lr.Attributes().Get(semconv.SessionID)
				if !ok {
					continue
				}
				c := t[id.Str()]
				if c == nil {
					c = &counted{}
					t[id.Str()] = c
				}
				c.records++
				if v, ok := lr.Attributes().Get(semconv.EventType); ok && v.Str() == semconv.EventSubagentStart {
					c.agents++
				}
			}
		}
	}
}

// chosen are the session with most records, that with most agents, and the first by
// the alphabet.
func (t tally) chosen() (most, agents, first string) {
	none := &counted{records: -1, agents: -1}
	best := func(of func(*counted) int, so string, id string) string {
		a, b := none, t[id]
		if so != "" {
			a = t[so]
		}
		if of(b) > of(a) || of(b) == of(a) && id < so {
			return id
		}
		return so
	}
	for id := range t {
		most = best(func(c *counted) int { return c.records }, most, id)
		agents = best(func(c *counted) int { return c.agents }, agents, id)
		if first == "" || id < first {
			first = id
		}
	}
	return most, agents, first
}
