package auditlog

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// text is a payload that can be joined.
type text struct {
	s      string
	shared int
}

// joined writes records that readers join, and is told of at once.
type joined struct {
	t     *testing.T
	f     *Feed
	place Place
}

func newJoined(t *testing.T) *joined {
	w := &joined{t: t, f: new(Feed), place: Place{Segment: 1}}
	w.f.opened("log", 0)
	return w
}

func (w *joined) tap(most int) *Tap {
	return w.f.TapJoined(Joiner{
		Join: func(to, more any) bool {
			a, b := to.(*text), more.(*text)
			require.Zero(w.t, a.shared+b.shared, "others have it")
			a.s += b.s
			return true
		},
		Share: func(payload any) { payload.(*text).shared++ },
		Most:  most,
	})
}

func (w *joined) write(payloads ...string) {
	for _, p := range payloads {
		one := Written{Records: len(p), Place: w.place, Payload: &text{s: p}, bytes: 10}
		_, one.FirstSeq = w.f.Written()
		w.f.wrote(one)
		w.place.Offset += 10
		told(w.t, w.f)
	}
}

func (w *joined) take(tap *Tap) string {
	_, _, head, ok := tap.Head()
	if !ok {
		return ""
	}
	log, got := tap.Take()
	require.Equal(w.t, "log", log)
	require.False(w.t, got.Growing)
	require.Equal(w.t, head.FirstSeq, got.FirstSeq)
	require.Equal(w.t, head.End(), got.End())
	p := got.Payload.(*text)
	require.Len(w.t, p.s, got.Records)
	if got.Shared {
		require.Equal(w.t, 1, p.shared)
	} else {
		require.Zero(w.t, p.shared)
	}
	return p.s
}

// TestJoinedIsOneForAll: what several readers get is the same, and does not change once
// one of them has it.
func TestJoinedIsOneForAll(t *testing.T) {
	w := newJoined(t)
	one, other := w.tap(100), w.tap(100)
	one.Want(1)
	other.Want(100)
	w.write("a", "b", "c")
	require.Len(t, one.Wake(), 1)
	<-one.Wake()
	require.Empty(t, other.Wake())
	_, next, head, _ := one.Head()
	require.EqualValues(t, 3, next)
	require.True(t, head.Growing)
	require.True(t, head.Shared)
	require.Nil(t, head.Payload, "more may come")
	require.Equal(t, 3, head.Records)
	require.Equal(t, w.place, head.After())

	require.Equal(t, "abc", w.take(one))
	require.Len(t, other.Wake(), 1, "it need not wait any more")
	require.Zero(t, one.records+one.bytes)
	w.write("d", "e")
	_, _, head, _ = other.Head()
	require.False(t, head.Growing)
	require.Equal(t, "abc", w.take(other))
	require.Equal(t, "de", w.take(other))
	require.Equal(t, "de", w.take(one))
	require.Zero(t, other.records+other.bytes)

	other.Close()
	w.write("f", "g")
	_, _, head, _ = one.Head()
	require.False(t, head.Shared)
	require.Equal(t, "fg", w.take(one))
}

// TestJoinedIsBounded by what the readers want, and by what follows in the log.
func TestJoinedIsBounded(t *testing.T) {
	w := newJoined(t)
	tap := w.tap(3)
	tap.Want(100)
	w.write("a", "bb")
	require.Len(t, tap.Wake(), 1, "it is full")
	_, _, head, _ := tap.Head()
	require.False(t, head.Growing)
	w.write("c", "ddd", "e")
	require.Equal(t, "abb", w.take(tap))
	require.Equal(t, "c", w.take(tap))
	require.Equal(t, "ddd", w.take(tap))
	w.place = Place{Segment: 2}
	w.write("f")
	require.Equal(t, "e", w.take(tap))
	require.Equal(t, "f", w.take(tap))

	// What has no payload, and a record of the log's own, are by themselves.
	w.write("g")
	_, next := w.f.Written()
	w.f.wrote(Written{FirstSeq: next, Records: 1, Place: w.place, bytes: 10}, Written{FirstSeq: next + 1, Records: 1, Place: w.place, Own: true, bytes: 10})
	told(t, w.f)
	w.write("h")
	require.Equal(t, "g", w.take(tap))
	_, got := tap.Take()
	require.Nil(t, got.Payload)
	_, got = tap.Take()
	require.True(t, got.Own)
	require.Equal(t, "h", w.take(tap))

	// A reader that begins has nothing of before.
	w.write("i")
	late := w.tap(3)
	w.write("j")
	require.Equal(t, "i", w.take(tap))
	require.Equal(t, "j", w.take(tap))
	require.Equal(t, "j", w.take(late))
}

// TestOneThatIsAway has the others get no smaller batches.
func TestOneThatIsAway(t *testing.T) {
	w := newJoined(t)
	away, other := w.tap(100), w.tap(100)
	for range TapRecords {
		w.write("x")
		other.Take()
	}
	w.write("a", "b", "c")
	require.Equal(t, "abc", w.take(other))
	require.Equal(t, TapRecords, away.records)

	// When it is back it gets what comes then; what it missed is in the log.
	w.write("d")
	for range TapRecords {
		require.Equal(t, "x", w.take(away))
	}
	w.write("e", "f")
	require.Equal(t, "d", w.take(other))
	require.Equal(t, "ef", w.take(other))
	_, _, head, _ := away.Head()
	require.EqualValues(t, TapRecords+4, head.FirstSeq)
	require.Equal(t, "ef", w.take(away))
}

// TestAnotherLogIsOpened between Head and Take.
func TestAnotherLogIsOpened(t *testing.T) {
	w := newJoined(t)
	tap := w.tap(100)
	w.write("a")
	w.f.opened("another", 0)
	log, got := tap.Take()
	require.Equal(t, "another", log)
	require.Zero(t, got)
	w.write("b")
	_, _, head, _ := tap.Head()
	require.Equal(t, 1, head.Records)
}

// TestPartsAreJoined until the reader looks, up to a bound, and not over the record at
// which the reader will end what it has.
func TestPartsAreJoined(t *testing.T) {
	w := newJoined(t)
	tap := w.f.TapParts(
		func(p any) any { return &text{s: p.(*text).s} },
		func(to, more any) bool {
			if more.(*text).s == "!" {
				return false
			}
			to.(*text).s += more.(*text).s
			return true
		})
	whole := w.tap(100)
	tap.Want(3)
	w.write("a", "b")
	require.Empty(t, tap.Wake())
	w.write("c")
	require.Len(t, tap.Wake(), 1)
	_, _, head, _ := tap.Head()
	require.Equal(t, &text{s: "abc"}, head.Payload)
	w.write("d")
	require.Equal(t, "abc", w.take(tap), "it was seen")
	require.Equal(t, "d", w.take(tap))
	require.Zero(t, tap.records+tap.bytes)
	require.Equal(t, "abcd", w.take(whole))

	w.write("e")
	tap.Edge(6)
	w.write("f", "g", "hh")
	require.Equal(t, "ef", w.take(tap))
	require.Equal(t, "ghh", w.take(tap))

	w.write("i", "!")
	require.Len(t, tap.queue, 2, "what cannot be joined is by itself")
	tap.Take()
	tap.Take()
	for range maxPart + 1 {
		w.write("x")
	}
	require.Len(t, w.take(tap), maxPart)
	require.Len(t, w.take(tap), 1)
}
