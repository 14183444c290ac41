package behaviour

import "strings"

// Counted says which counters an event is counted in.
type Counted struct {
	Call, Violation, Denied, Failed, Outside, Deleted bool
}

// counters are the numbers of a session, by the names that rules have for them.
var counters = map[string]func(Counted) bool{
	"calls_60s":             func(c Counted) bool { return c.Call },
	"baseline_60s":          func(c Counted) bool { return c.Call },
	"violations_10m":        func(c Counted) bool { return c.Violation },
	"distinct_rules_10m":    func(c Counted) bool { return c.Violation },
	"project_violations_1h": func(c Counted) bool { return c.Violation },
	"denied_10m":            func(c Counted) bool { return c.Denied },
	"failed_10m":            func(c Counted) bool { return c.Failed },
	"outside_10m":           func(c Counted) bool { return c.Outside },
	"deleted_10m":           func(c Counted) bool { return c.Deleted },
}

// Counts reports whether keys, those of a rule's `any`, ask for counters only, and
// if so, whether the event is counted in one of them. A counter stays high for a
// while: what such a rule finds is the event that made it so, not those after it.
func (c Counted) Counts(keys []string) (counting, counted bool) {
	for _, k := range keys {
		name, ok := strings.CutPrefix(k, "session:")
		name, _, _ = strings.Cut(name, ">=")
		in := counters[name]
		if !ok || in == nil {
			return false, false
		}
		counted = counted || in(c)
	}
	return len(keys) > 0, counted
}
