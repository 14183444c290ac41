package coordination

import (
	"cmp"
	"math"
	"slices"
)

// Outlier is an agent type that fails more often than the others together.
type Outlier struct {
	Type string `json:"agent_type"`
	// Of is what failed: OfDelegations or OfToolCalls.
	Of          string  `json:"of"`
	Failed      int     `json:"failed"`
	All         int     `json:"all"`
	OtherFailed int     `json:"other_failed"` // of the other types
	OtherAll    int     `json:"other_all"`
	Rate        float64 `json:"rate"`
	RateLow     float64 `json:"rate_low"` // Wilson's interval at 95 %
	RateHigh    float64 `json:"rate_high"`
	OtherRate   float64 `json:"other_rate"`
	P           float64 `json:"p"` // Fisher's exact test, one-sided
	// Level is below which P counts: 0.05 by the number of types that were tested.
	Level float64 `json:"level"`
}

// Values of Outlier.Of.
const (
	OfDelegations = "delegations"
	OfToolCalls   = "tool_calls"
)

// Of how many at least something is said.
const (
	leastDelegations = 5
	leastToolCalls   = 20
)

const significance = 0.05

// Outliers finds agent types whose failure rate stands out, in one session or in the
// sums of many. Types with less than 5 delegations that ended (20 tool calls) are not
// tested, nor are they when the others together have less.
func Outliers(types []TypeShare) []Outlier {
	delegations := outliers(types, OfDelegations, leastDelegations, func(t *TypeShare) (failed, all int) {
		if t.Type == mainAgent {
			return 0, 0 // nobody called it
		}
		return t.Failed, t.Completed + t.Failed
	})
	calls := outliers(types, OfToolCalls, leastToolCalls, func(t *TypeShare) (failed, all int) { return t.Errors, t.ToolCalls })
	return append(delegations, calls...)
}

func outliers(types []TypeShare, of string, least int, count func(*TypeShare) (failed, all int)) []Outlier {
	failed, all := 0, 0
	for i := range types {
		f, n := count(&types[i])
		failed, all = failed+f, all+n
	}
	var tested []Outlier
	for i := range types {
		f, n := count(&types[i])
		if n < least || all-n < least || f > n || f < 0 {
			continue
		}
		tested = append(tested, Outlier{Type: types[i].Type, Of: of, Failed: f, All: n, OtherFailed: failed - f, OtherAll: all - n})
	}
	var found []Outlier
	for _, o := range tested {
		o.Level = significance / float64(len(tested))
		o.Rate, o.OtherRate = float64(o.Failed)/float64(o.All), float64(o.OtherFailed)/float64(o.OtherAll)
		if o.Rate <= o.OtherRate {
			continue
		}
		o.P = fisher(o.Failed, o.All, o.OtherFailed, o.OtherAll)
		if o.P >= o.Level {
			continue
		}
		o.RateLow, o.RateHigh = Wilson(o.Failed, o.All)
		o.Rate, o.OtherRate = rounded(o.Rate), rounded(o.OtherRate)
		found = append(found, o)
	}
	slices.SortFunc(found, func(x, y Outlier) int { return cmp.Or(cmp.Compare(x.P, y.P), cmp.Compare(x.Type, y.Type)) })
	return found
}

// Wilson is the score interval at 95 % of a share: k of n. It is 0 to 1 of nothing.
func Wilson(k, n int) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	const z = 1.959963984540054
	p, m := float64(k)/float64(n), float64(n)
	middle := p + z*z/(2*m)
	half := z * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	whole := 1 + z*z/m
	return rounded(max(0, (middle-half)/whole)), rounded(min(1, (middle+half)/whole))
}

// fisher is the probability that k or more of n fail, when k+others of n+m do and which
// of them do is left to chance.
func fisher(k, n, others, m int) float64 {
	failed := k + others
	denominator := choose(n+m, failed)
	sum := 0.0
	for i := k; i <= min(n, failed); i++ {
		if failed-i > m {
			continue
		}
		term := math.Exp(choose(n, i) + choose(m, failed-i) - denominator)
		sum += term
		if term < sum*1e-15 {
			break
		}
	}
	return min(sum, 1)
}

// choose is the logarithm of how many ways there are to choose k of n.
func choose(n, k int) float64 {
	lg := func(x int) float64 { v, _ := math.Lgamma(float64(x) + 1); return v }
	return lg(n) - lg(k) - lg(n-k)
}

// Sum adds up what types did in several sessions; shares are of all of them. The
// median is that of the session's delegations where there is one session, and else not
// known: -1.
func Sum(sessions [][]TypeShare) []TypeShare {
	if len(sessions) == 1 {
		return slices.Clone(sessions[0])
	}
	byType := map[string]*TypeShare{}
	var work int64
	for _, types := range sessions {
		for _, t := range types {
			s := byType[t.Type]
			if s == nil {
				s = &TypeShare{Type: t.Type, DurationP50: -1}
				byType[t.Type] = s
			}
			s.Delegations += t.Delegations
			s.Completed += t.Completed
			s.Failed += t.Failed
			s.Denied += t.Denied
			s.Running += t.Running
			s.Background += t.Background
			s.Own += t.Own
			s.Approval += t.Approval
			s.Critical += t.Critical
			s.Duration += t.Duration
			s.DurationMax = max(s.DurationMax, t.DurationMax)
			s.ToolCalls += t.ToolCalls
			s.Errors += t.Errors
			s.Tokens += t.Tokens
			work += t.Own
		}
	}
	list := make([]TypeShare, 0, len(byType))
	for _, t := range byType {
		list = append(list, *t)
	}
	return shares(list, work)
}
