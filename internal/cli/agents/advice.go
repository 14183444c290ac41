package agents

import (
	"cmp"
	"slices"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
)

// Recommendation is one as agents stats --json prints it. That of several sessions
// together is of none.
type Recommendation struct {
	Kind    string `json:"kind"` // recommendation
	Session string `json:"session_id"`
	Project string `json:"project"`
	coordination.Recommendation
}

// advise collects the recommendations of all sessions. The one of each rule that weighs
// most comes first, then the next one of each.
func advise(sessions []coordination.Named) []Recommendation {
	all := []Recommendation{}
	add := func(s *coordination.Named, r coordination.Recommendation) {
		all = append(all, Recommendation{Kind: "recommendation", Session: s.ID, Project: s.Project, Recommendation: r})
	}
	several := len(sessions) > 1
	if several {
		for _, r := range coordination.StandOut(sessions) {
			add(&coordination.Named{}, r)
		}
	}
	for i := range sessions {
		for _, r := range sessions[i].Recommendations {
			// Tested in each of many sessions, some type stands out by chance.
			if !several || r.Rule != coordination.RuleFailureOutlier {
				add(&sessions[i], r)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Recommendation) int {
		return cmp.Or(cmp.Compare(weight(&b), weight(&a)), cmp.Compare(b.EvidenceAll, a.EvidenceAll))
	})
	turn := map[string]int{}
	turns := make(map[*Recommendation]int, len(all))
	list := pointers(all)
	for _, r := range list {
		turns[r] = turn[r.Rule]
		turn[r.Rule]++
	}
	slices.SortStableFunc(list, func(a, b *Recommendation) int {
		return cmp.Or(cmp.Compare(turns[a], turns[b]), cmp.Compare(rank(a.Rule), rank(b.Rule)))
	})
	ordered := make([]Recommendation, len(list))
	for i := range list {
		ordered[i] = *list[i]
	}
	return ordered
}

// weight orders the recommendations of a rule: by the time that they speak of, where
// they do, else by their evidence.
func weight(r *Recommendation) float64 {
	most := 0.0
	for _, n := range r.Numbers {
		if n.Unit == unitTime {
			most = max(most, n.Value)
		}
	}
	return most
}

// rank orders the rules: what can have lost something comes first.
func rank(rule string) int {
	i := slices.Index([]string{
		coordination.RuleFailureOutlier, coordination.RuleConflictingEdits, coordination.RuleSerialDelegations, coordination.RuleRepeatedWork,
	}, rule)
	if i < 0 {
		return 100
	}
	return i
}
