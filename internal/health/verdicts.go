package health

// Verdicts are what the receiver has answered, since it started, to those who
// asked whether a tool call may be made.
type Verdicts struct {
	None       int64 `json:"none"` // nothing against it
	Ask        int64 `json:"ask"`
	Deny       int64 `json:"deny"`
	Unanswered int64 `json:"unanswered"`
	// Judging says whether the last tool call was judged; nil before the first, and
	// when the receiver does not tell.
	Judging *bool `json:"judging"`
}

// Verdicts reads them out of what the receiver tells.
func (r Receiver) Verdicts() Verdicts {
	told, ok := r["verdicts"].(map[string]any)
	if !ok {
		return Verdicts{}
	}
	number := func(key string) int64 {
		f, _ := told[key].(float64)
		return int64(f)
	}
	v := Verdicts{None: number("none"), Ask: number("ask"), Deny: number("deny"), Unanswered: number("unanswered")}
	if judging, ok := told["judging"].(bool); ok {
		v.Judging = &judging
	}
	return v
}
