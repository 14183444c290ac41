package coordination

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFisher(t *testing.T) {
	// The lady tasting tea, and tables whose probabilities can be counted by hand.
	require.InDelta(t, 17.0/70, fisher(3, 4, 1, 4), 1e-12)
	require.InDelta(t, 1.0/70, fisher(4, 4, 0, 4), 1e-12)
	require.InDelta(t, 1, fisher(0, 5, 3, 5), 1e-12)
	require.InDelta(t, 1.0/252, fisher(5, 5, 0, 5), 1e-12)
	require.InDelta(t, 1, fisher(5, 5, 5, 5), 1e-12)
}

func TestWilson(t *testing.T) {
	low, high := Wilson(5, 10)
	require.InDelta(t, 0.2366, low, 1e-4)
	require.InDelta(t, 0.7634, high, 1e-4)
	low, high = Wilson(0, 20)
	require.Zero(t, low)
	require.InDelta(t, 0.1611, high, 1e-4)
	low, high = Wilson(0, 0)
	require.Equal(t, []float64{0, 1}, []float64{low, high})
}

func TestOutliersNeedNumbers(t *testing.T) {
	share := func(typ string, completed, failed int) TypeShare {
		return TypeShare{Type: typ, Completed: completed, Failed: failed}
	}
	require.Empty(t, Outliers([]TypeShare{share("a", 0, 4), share("b", 50, 0)}), "4 are too few")
	require.Empty(t, Outliers([]TypeShare{share("a", 0, 9), share("b", 4, 0)}), "nothing to compare with")
	require.Empty(t, Outliers([]TypeShare{share("a", 3, 3), share("b", 5, 3)}), "it may be chance")
	found := Outliers([]TypeShare{share("a", 2, 8), share("b", 39, 1), share("c", 20, 0)})
	require.Len(t, found, 1)
	require.Equal(t, "a", found[0].Type)
	require.Equal(t, OfDelegations, found[0].Of)
	require.InDelta(t, significance/3, found[0].Level, 1e-12)
	require.Less(t, found[0].P, found[0].Level)
	require.InDelta(t, 0.8, found[0].Rate, 1e-9)

	calls := Outliers([]TypeShare{{Type: "main", ToolCalls: 100, Errors: 2}, {Type: "a", ToolCalls: 30, Errors: 12}})
	require.Len(t, calls, 1)
	require.Equal(t, OfToolCalls, calls[0].Of)
}

// serial makes a turn with delegations one after the other, each of 10 s.
func serial(agents int, act func(s *script, i int, from float64)) []Event {
	var s script
	s.mark(0, Prompt)
	for i := range agents {
		from := float64(10*i + 1)
		id := fmt.Sprint("a", i)
		s.delegation(from, from+9, "", "call-"+id, id, "Explore", false)
		act(&s, i, from)
		s.agent(AgentStop, from+8, id, "Explore", "main", "call-"+id)
	}
	s.mark(float64(10*agents+2), TurnEnd)
	return s.events
}

func rules(s Session) (list []string) {
	for _, r := range s.Recommendations {
		list = append(list, r.Rule)
	}
	return list
}

func TestSerialDelegations(t *testing.T) {
	read := func(file string) func(*script, int, float64) {
		return func(s *script, i int, from float64) {
			s.did(from+1, from+2, fmt.Sprint("a", i), fmt.Sprint("r", i), Read, file+fmt.Sprint(i), "")
		}
	}
	s := Build(serial(3, read("/p/")), Limits{})
	require.Equal(t, []string{RuleSerialDelegations}, rules(s))
	golden(t, "serial.json", s.Recommendations)
	numbers := map[string]float64{}
	for _, n := range s.Recommendations[0].Numbers {
		numbers[n.Name] = n.Value
	}
	require.Equal(t, map[string]float64{"delegations": 3, "serial": 27000, "longest": 9000, "saving_at_most": 18000, "commands": 0}, numbers)

	edit := func(s *script, i int, from float64) {
		action := Read
		if i == 0 {
			action = Edit
		}
		s.did(from+1, from+2, fmt.Sprint("a", i), fmt.Sprint("r", i), action, "/p/x", "")
	}
	require.Empty(t, rules(Build(serial(2, edit), Limits{})), "the second reads what the first changed")

	search := func(s *script, i int, from float64) {
		if i == 0 {
			s.did(from+1, from+2, "a0", "e", Edit, "/p/src/x.go", "")
		} else {
			s.did(from+1, from+2, "a1", "s", Search, "/p/src", "Grep TODO")
		}
	}
	require.Empty(t, rules(Build(serial(2, search), Limits{})), "the second searches where the first changed a file")

	prompts := func(s *script, i int, from float64) {
		if i == 0 {
			s.mark(from+9.2, TurnEnd)
			s.mark(from+9.4, Prompt)
		}
	}
	require.Empty(t, rules(Build(serial(2, prompts), Limits{})), "a person asked in between")
}

func TestRepeatedReadsAndChanges(t *testing.T) {
	same := func(s *script, i int, from float64) {
		s.did(from+1, from+2, fmt.Sprint("a", i), fmt.Sprint("r", i), Read, "/p/x", "offset=1 limit=5")
	}
	s := Build(serial(4, same), Limits{})
	require.Equal(t, 3, s.RepeatCount)
	require.Equal(t, 4, s.Repeated[2].Times)
	require.Contains(t, rules(s), RuleRepeatedWork)

	changed := func(s *script, i int, from float64) {
		same(s, i, from)
		s.did(from+3, from+4, fmt.Sprint("a", i), fmt.Sprint("e", i), Edit, "/p/x", "")
	}
	require.Zero(t, Build(serial(4, changed), Limits{}).RepeatCount, "the file was changed in between")
	other := func(s *script, i int, from float64) {
		s.did(from+1, from+2, fmt.Sprint("a", i), fmt.Sprint("r", i), Read, "/p/x", fmt.Sprint("offset=", i))
	}
	require.Zero(t, Build(serial(4, other), Limits{}).RepeatCount, "other parts of it")
}

func TestConflictsAndWhatWasFound(t *testing.T) {
	pair := func(gap float64, before string) Session {
		var s script
		s.mark(0, Prompt)
		s.delegation(1, 900, "", "call-a", "a", "Explore", false)
		s.delegation(1, 900, "", "call-b", "b", "Explore", false)
		s.did(10, 11, "a", "ea", Edit, "/p/x", "")
		s.events[len(s.events)-1].HashAfter = "h1"
		s.did(10+gap, 11+gap, "b", "eb", Edit, "/p/x", "")
		s.events[len(s.events)-2].HashBefore = before
		return Build(s.events, Limits{})
	}
	for before, base := range map[string]string{"h1": BaseFirst, "h0": BaseOther, "": BaseUnknown} {
		s := pair(20, before)
		require.Len(t, s.Conflicts, 1)
		require.Equal(t, base, s.Conflicts[0].Base)
		require.EqualValues(t, 20_000, s.Conflicts[0].Gap)
	}
	require.Empty(t, pair(601, "").Conflicts, "too long after")
	require.Len(t, pair(600, "").Conflicts, 1)

	// One after the other, by agents of the same caller.
	s := Build(serial(2, func(s *script, i int, from float64) {
		s.did(from+1, from+2, fmt.Sprint("a", i), fmt.Sprint("e", i), Edit, "/p/x", "")
	}), Limits{})
	require.Len(t, s.Conflicts, 1)
	require.Equal(t, ConflictConsecutive, s.Conflicts[0].Kind)
	require.NotContains(t, rules(s), RuleConflictingEdits)
}
