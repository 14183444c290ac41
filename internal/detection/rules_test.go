package detection

import (
	"testing"
)

// Every rule finds what its tests say it finds, and nothing in their look-alikes.
func TestTheRulesOwnTests(t *testing.T) {
	for _, r := range RunTests(mustLoad(t, Defaults())) {
		if !r.OK {
			t.Errorf("%s:%d: rule %s: match is to be %v: %s (%s)", r.Source, r.Line, r.Rule, r.Want, r.Event, r.Why)
		}
	}
}
