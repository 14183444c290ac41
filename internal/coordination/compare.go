package coordination

// Outlier is an agent type that fails more often than the others together.
type Outlier struct {
	Type string `json:"agent_type"`
	// Of is what failed: "delegations" or "tool_calls".
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

// Outliers finds agent types whose failure rate stands out, in one session or in the
// sums of many. Types with less than 5 delegations (20 tool calls) are not tested, nor
// are the others when they have less together.
func Outliers([]TypeShare) []Outlier { return nil }

// Sum adds up what types did in several sessions; shares are of all of them. The
// median is that of a single session's delegations where there is one session, and
// else not known: -1.
func Sum([][]TypeShare) []TypeShare { return nil }
