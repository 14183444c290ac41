package auditchunk

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCutter(t *testing.T) {
	c := Cutter{MaxRecords: 3}
	c.Own()
	require.False(t, c.Ended(5), "it has not begun")
	require.True(t, c.Fits(5, 8, 10))
	require.False(t, c.Fits(5, 9, 10))
	c.Add(5, 10)
	require.False(t, c.Ended(6))
	require.True(t, c.Fits(6, 8, 10))
	require.False(t, c.Fits(6, 8, MaxBytes-10), "it may end before the last of them")
	c.Add(6, 10)
	require.True(t, c.Ended(8))
	first, ok := c.First()
	require.True(t, ok)
	require.EqualValues(t, 5, first)

	c = Cutter{MaxRecords: 3}
	c.Add(1, 1)
	c.Own()
	require.True(t, c.Ended(2))
	c = Cutter{MaxRecords: 3}
	c.Add(1, MaxBytes)
	require.True(t, c.Ended(2))
}

func TestContext(t *testing.T) {
	_, ok := From(context.Background())
	require.False(t, ok)
	c, ok := From(With(context.Background(), Chunk{"log", 7}))
	require.True(t, ok)
	require.Equal(t, Chunk{"log", 7}, c)
}
