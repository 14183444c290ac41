package coordination

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTexts(t *testing.T) {
	var held texts
	list := []string{""} // an id of a call that a state makes up
	for i := range 3_000 {
		list = append(list, fmt.Sprint(i), strings.Repeat("x", 1+i%(2*longText))+fmt.Sprint(i))
	}
	for i, s := range list {
		require.Zero(t, held.find(s))
		require.EqualValues(t, i+1, held.add(s))
	}
	for i, s := range list {
		require.EqualValues(t, i+1, held.find(s))
		require.Equal(t, s, held.text(uint32(i+1)))
	}
	require.Empty(t, held.text(0))
	require.Zero(t, held.find("y"))
}

// Two texts may have one hash.
func TestTextsOfOneHash(t *testing.T) {
	seen := map[uint32]string{}
	var held texts
	for i := 0; ; i++ {
		s := fmt.Sprint(i)
		other, ok := seen[hash(s)]
		if seen[hash(s)] = s; !ok {
			continue
		}
		require.EqualValues(t, 1, held.add(other))
		require.Zero(t, held.find(s))
		require.EqualValues(t, 2, held.add(s))
		require.EqualValues(t, 1, held.find(other))
		require.EqualValues(t, 2, held.find(s))
		return
	}
}
