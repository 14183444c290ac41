package auditlog

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A payload that a reader cannot take is read from the log, by that reader and those who
// were given the same, and what comes behind it is told of as ever.
func TestAReaderThatPanicsEndsNothing(t *testing.T) {
	w := newJoined(t)
	bad := func(payload any) bool { return strings.Contains(payload.(*text).s, "!") }
	part := w.f.TapPart(func(payload any) any {
		if bad(payload) {
			panic("part")
		}
		return payload.(*text).s
	})
	parts := w.f.TapParts(
		func(payload any) any {
			s := payload.(*text).s
			return &s
		},
		func(to, more any) bool {
			if bad(more) {
				panic("more")
			}
			*to.(*string) += more.(*text).s
			return true
		})
	joins := w.f.TapJoined(Joiner{Most: 10, Join: func(to, more any) bool {
		if bad(more) {
			panic("join")
		}
		to.(*text).s += more.(*text).s
		return true
	}})
	w.write("ab", "!", "cd", "e")

	for _, c := range []struct {
		tap  *Tap
		want []string // "" is read from the log
	}{
		{part, []string{"ab", "", "cd", "e"}},
		{parts, []string{"", "!cde"}},
		{joins, []string{"", "", "cde"}},
	} {
		var got []string
		next := uint64(0)
		for _, _, head, ok := c.tap.Head(); ok; _, _, head, ok = c.tap.Head() {
			_, b := c.tap.Take()
			require.Equal(t, next, b.FirstSeq)
			require.Equal(t, head.FirstSeq, b.FirstSeq)
			next = b.End()
			switch p := b.Payload.(type) {
			case nil:
				require.ErrorContains(t, b.Fault, "panic: ")
				got = append(got, "")
			case string:
				got = append(got, p)
			case *string:
				got = append(got, *p)
			case *text:
				got = append(got, p.s)
			}
			require.False(t, b.Passed)
		}
		require.Equal(t, c.want, got)
		require.EqualValues(t, 6, next, "nothing is left out")
	}
}
