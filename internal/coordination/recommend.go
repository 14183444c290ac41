package coordination

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// From when on something is worth a recommendation.
const (
	maxSerial   = 20    // runs
	leastSaving = 5_000 // ms
	leastRepeat = 3
)

// Units of numbers.
const (
	unitMillis      = "ms"
	unitDelegations = "delegations"
	unitCalls       = "calls"
	unitFiles       = "files"
	unitAgents      = "agents"
)

func (v *view) recommend(s *Session) []Recommendation {
	list := []Recommendation{}
	list = append(list, v.serial(s.Delegations)...)
	for _, o := range Outliers(s.Types) {
		list = append(list, o.recommend(s.Delegations))
	}
	if r, ok := repeated(s); ok {
		list = append(list, r)
	}
	if r, ok := conflicting(s); ok {
		list = append(list, r)
	}
	return list
}

// recommend says what there is to look at.
func (o Outlier) recommend(delegations []Delegation) Recommendation {
	what := "delegations"
	unit := unitDelegations
	if o.Of == OfToolCalls {
		what, unit = "tool calls", unitCalls
	}
	r := Recommendation{
		ID: join(RuleFailureOutlier, o.Type, o.Of), Rule: RuleFailureOutlier,
		Title: fmt.Sprintf("%d of %d %s of %s failed, %d of %d of the other types", o.Failed, o.All, what, named(o.Type), o.OtherFailed, o.OtherAll),
		Numbers: []Number{
			{"failed", float64(o.Failed), unit},
			{"all", float64(o.All), unit},
			{"rate", o.Rate, ""},
			{"rate_low", o.RateLow, ""},
			{"rate_high", o.RateHigh, ""},
			{"other_failed", float64(o.OtherFailed), unit},
			{"other_all", float64(o.OtherAll), unit},
			{"other_rate", o.OtherRate, ""},
			{"p", o.P, ""},
			{"level", o.Level, ""},
		},
		Unknown: []string{
			"Whether the type is worse, or was given harder work: the records do not say how hard a task is.",
			"Failures of one agent are not independent of each other; the test takes them to be.",
		},
	}
	var evidence []Evidence
	for i := range delegations {
		d := &delegations[i]
		if d.AgentType != o.Type {
			continue
		}
		e := Evidence{AgentID: d.AgentID, AgentType: d.AgentType, Call: d.Call, Time: d.End}
		switch {
		case o.Of == OfToolCalls && d.Errors > 0:
			e.Text = fmt.Sprintf("%d of its %d tool calls failed", d.Errors, d.ToolCalls)
		case o.Of == OfDelegations && d.Outcome == OutcomeFailed:
			e.Text = "the call failed"
		default:
			continue
		}
		evidence = append(evidence, e)
	}
	return r.with(evidence)
}

// repeated recommends to look at what several agents read and searched.
func repeated(s *Session) (r Recommendation, ok bool) {
	if s.RepeatCount < leastRepeat {
		return r, false
	}
	type sum struct {
		Repeat
		n int
	}
	sums, agents, reads := map[[3]string]*sum{}, map[string]bool{}, 0
	for _, one := range s.Repeated {
		k := [3]string{one.Kind, one.Target, one.Detail}
		if sums[k] == nil {
			sums[k] = &sum{Repeat: one}
		}
		sums[k].n++
		agents[one.Second.AgentID] = true
		if one.Kind == RepeatRead {
			reads++
		}
	}
	list := slices.SortedFunc(maps.Values(sums), func(x, y *sum) int {
		return cmp.Or(cmp.Compare(y.n, x.n), cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Target, y.Target), cmp.Compare(x.Detail, y.Detail))
	})
	r = Recommendation{
		ID: join(RuleRepeatedWork), Rule: RuleRepeatedWork,
		Title: fmt.Sprintf("%d times an agent read or searched what another one had, with no change recorded in between", s.RepeatCount),
		Numbers: []Number{
			{"repeated", float64(s.RepeatCount), unitCalls},
			{"reads", float64(reads), unitCalls},
			{"searches", float64(len(s.Repeated) - reads), unitCalls},
			{"different", float64(len(sums)), ""},
			{"agents", float64(len(agents)), unitAgents},
		},
		Unknown: []string{
			"Whether the agents could have shared what they read: each has a memory of its own.",
			"Whether a command changed the file in between: only changes by Claude Code's own tools are known.",
		},
	}
	var evidence []Evidence
	for _, one := range list {
		evidence = append(evidence, Evidence{
			Text: fmt.Sprintf("the same %s, %d times again", one.Kind, one.n), File: one.Target,
			AgentID: one.First.AgentID, AgentType: one.First.AgentType, Call: one.First.Call, Time: one.First.Time,
		})
	}
	return r.with(evidence), true
}

// conflicting recommends to look at files that agents changed at the same time.
func conflicting(s *Session) (r Recommendation, ok bool) {
	files, agents, n, lost := map[string]bool{}, map[string]bool{}, 0, 0
	var evidence []Evidence
	for _, c := range s.Conflicts {
		if c.Kind != ConflictConcurrent {
			continue
		}
		n++
		files[c.File], agents[c.First.AgentID], agents[c.Second.AgentID] = true, true, true
		if c.Base == BaseOther {
			lost++
		}
		evidence = append(evidence, Evidence{
			Text: fmt.Sprintf("changed %d ms after another agent had", c.Gap), File: c.File,
			AgentID: c.Second.AgentID, AgentType: c.Second.AgentType, Call: c.Second.Call, Time: c.Second.Time,
		})
	}
	if n == 0 {
		return r, false
	}
	return Recommendation{
		ID: join(RuleConflictingEdits), Rule: RuleConflictingEdits,
		Title: fmt.Sprintf("%d times an agent changed a file shortly after another one that worked at the same time", n),
		Numbers: []Number{
			{"conflicts", float64(n), unitCalls},
			{"files", float64(len(files)), unitFiles},
			{"agents", float64(len(agents)), unitAgents},
			{"on_another_content", float64(lost), unitCalls},
		},
		Unknown: []string{
			"Whether something was lost: two agents can change different parts of a file.",
			"What commands changed: only changes by Claude Code's own tools are known.",
		},
	}.with(evidence), true
}

func (r Recommendation) with(evidence []Evidence) Recommendation {
	r.EvidenceAll = len(evidence)
	r.Evidence = evidence[:min(len(evidence), MaxEvidence):min(len(evidence), MaxEvidence)]
	if r.Evidence == nil {
		r.Evidence = []Evidence{}
	}
	return r
}

func named(typ string) string { return cmp.Or(typ, "an unnamed type") }
