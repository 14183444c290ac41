package coordination

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A call that is told of anew time and again, each time as another one, makes the session
// no larger than a call may.
func TestACallThatBecomesAnotherTimeAndAgain(t *testing.T) {
	a := NewAnalyzer(Limits{})
	for i := range 300 {
		a.Add(&Event{ID: fmt.Sprint("n", i), At: 1_000_000, Kind: Begin, Call: "names", Tool: "Read", Action: Read, Target: fmt.Sprint("t", i), Detail: fmt.Sprint("d", i)})
	}
	a.Add(&Event{ID: "end", At: 999_999, Kind: End, Call: "c", Tool: "Read", Action: Read, Target: "t1", Detail: "d1"})
	before := a.Size()
	for i := range 60_000 {
		a.Add(&Event{ID: fmt.Sprint("e", i), At: int64(900_000 - i), Kind: Begin, Call: "c", Tool: "Read", Action: Read, Target: fmt.Sprint("t", i%300), Detail: fmt.Sprint("d", i/300)})
	}
	assert.Less(t, a.Size(), before+50_000)
	assert.LessOrEqual(t, len(a.doers), a.count())
}

// A session that is full is the same after it was read again: no two searches become equal.
func TestAFullSessionIsTheSameAgain(t *testing.T) {
	l := Limits{Bytes: 200_000}
	a := NewAnalyzer(l)
	n := 0
	search := func(i int, kind Kind) *Event {
		return &Event{
			ID: fmt.Sprint(kind, i), At: int64(1_000 + i), Kind: kind, Call: fmt.Sprint("c", i), Agent: fmt.Sprint("a", i%2),
			Tool: "Grep", Action: Search, Detail: fmt.Sprint("pattern", i), Duration: -1,
		}
	}
	for ; a.LeftOut == 0; n++ {
		a.Add(search(n, Begin))
	}
	for i := range n {
		a.Add(search(i, End))
	}
	require.Greater(t, n, 200)
	data, err := a.MarshalJSON()
	require.NoError(t, err)
	again, err := RestoreAnalyzer(data, l)
	require.NoError(t, err)
	assert.Equal(t, a.Session(), again.Session())
	once, err := again.MarshalJSON()
	require.NoError(t, err)
	assert.Equal(t, string(data), string(once))
}

// Prompts count, and what a state would hold of texts that many calls share.
func TestWhatFloodsCounts(t *testing.T) {
	a := NewAnalyzer(Limits{})
	for i := range maxMarks {
		a.Add(&Event{ID: fmt.Sprint(i), At: int64(i + 1), Kind: Prompt})
	}
	assert.GreaterOrEqual(t, a.Size(), maxMarks*perMark)

	a = NewAnalyzer(Limits{Bytes: 1 << 20})
	path := strings.Repeat("\x01", 4096)
	for i := range 5_000 {
		a.Add(&Event{ID: fmt.Sprint(i), At: int64(i + 1), Kind: End, Call: fmt.Sprint("c", i), Tool: "Read", Action: Read, Target: path})
	}
	data, err := a.MarshalJSON()
	require.NoError(t, err)
	assert.Less(t, len(data), 8*a.Size())
	assert.Less(t, a.Size(), 1<<20+10_000)
	assert.Positive(t, a.LeftOut)
}
