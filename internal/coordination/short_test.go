package coordination

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const someID = "0199a3c2-5f00-7abc-8def-0123456789ab"

func TestShortForms(t *testing.T) {
	var u uuid
	for _, s := range []string{someID, "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"} {
		require.True(t, u.parse(s), s)
		require.Equal(t, s, u.text())
	}
	for _, s := range []string{"", strings.ToUpper(someID), someID[1:], someID + "0", strings.ReplaceAll(someID, "-", "0"), "g" + someID[1:], someID[:35] + "\xff"} {
		require.False(t, u.parse(s), s)
	}
	var h sum
	hex := strings.Repeat("0123456789abcdef", 4)
	require.True(t, h.parse(hex))
	require.Equal(t, hex, h.text())
	for _, s := range []string{"", hex[1:], hex + "0", strings.ToUpper(hex), "g" + hex[1:], hex[:63] + " "} {
		require.False(t, h.parse(s), s)
	}
}

// Ids and hashes come back byte for byte, whatever they are and whatever they replace, and
// what is said to be held does not drift.
func FuzzIDs(f *testing.F) {
	f.Add(someID, strings.ToUpper(someID), "", strings.Repeat("0a", 32))
	f.Add("", "x", someID, strings.Repeat("0A", 32))
	f.Fuzz(func(t *testing.T, one, two, three, hash string) {
		a := NewAnalyzer(Limits{})
		c := a.newCall("call")
		for _, s := range []string{one, two, three, hash} {
			a.setEvent(c, beginID, s)
			a.setEvent(c, endID, hash)
			a.setFile(c, hashBefore, s)
			a.setFile(c, hashAfter, hash)
			require.Equal(t, []string{s, hash, s, hash}, []string{a.event(c, beginID), a.event(c, endID), a.file(c, hashBefore), a.file(c, hashAfter)})
			require.Equal(t, s != "", a.hashed(c))
		}
		a.setEvent(c, beginID, someID)
		a.setEvent(c, endID, "")
		a.setFile(c, hashBefore, "")
		a.setFile(c, hashAfter, "")
		require.Empty(t, a.odd)
		require.Contains(t, []int{0, perMore}, a.Size())
	})
}

// Of two events of one moment, that with the lower id counts: as texts.
func FuzzBefore(f *testing.F) {
	f.Add(someID, strings.ToUpper(someID))
	f.Add(someID, "0199a3c2-5f00-7abc-8def-0123456789aa")
	f.Fuzz(func(t *testing.T, known, came string) {
		a := NewAnalyzer(Limits{})
		c := a.newCall("call")
		a.setEvent(c, endID, known)
		c.end = 5
		require.Equal(t, came < known, a.before(&Event{At: 5, ID: came}, c, endID))
	})
}
