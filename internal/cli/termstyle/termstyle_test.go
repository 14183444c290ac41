package termstyle

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
)

func TestDuration(t *testing.T) {
	for ms, want := range map[int64]string{
		-1: "", 0: "0 ms", 999: "999 ms", 1000: "1.0 s", 59_999: "59.9 s", 60_000: "1 min 0 s", 3_599_999: "59 min 59 s",
		3_600_000: "1 h 0 min", 49 * 3_600_000: "2 d 1 h",
	} {
		require.Equal(t, want, Duration(ms))
	}
	require.NotEmpty(t, Duration(1<<62))
}

func TestWrap(t *testing.T) {
	require.Equal(t, []string{"one two", "three"}, Wrap("one two  three", 8))
	require.Equal(t, []string{"ab", "abcdefgh", "ij"}, Wrap("ab abcdefghij", 8))
	require.Empty(t, Wrap("  ", 8))
	require.Equal(t, []string{"漢字", "漢"}, Wrap("漢字漢", 4))
	require.Equal(t, []string{"漢", "字"}, Wrap("漢字", 1))
}

func FuzzWrap(f *testing.F) {
	f.Add("one two 漢字漢字漢字 threeeeeeeeeeeeeeee", 8)
	f.Fuzz(func(t *testing.T, s string, width int) {
		width = 2 + width&63
		s = termtext.Clean(s)
		lines := Wrap(s, width)
		for _, l := range lines {
			require.LessOrEqual(t, termtext.Width(l), width)
		}
		require.Equal(t, strings.Join(strings.Fields(s), ""), strings.ReplaceAll(strings.Join(lines, ""), " ", ""))
	})
}

func TestPaintAndCount(t *testing.T) {
	require.Equal(t, "x", Style{}.Paint(Red, "x"))
	require.Equal(t, "\x1b[31mx\x1b[0m", Style{Color: true}.Paint(Red, "x"))
	require.Equal(t, "1 alert", Count(1, "alert", "alerts"))
	require.Equal(t, "0 alerts", Count(0, "alert", "alerts"))
}
