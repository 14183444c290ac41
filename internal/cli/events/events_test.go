package events

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParseTime(t *testing.T) {
	now := time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC)
	got, err := parseTime("2w", now)
	require.NoError(t, err)
	require.Equal(t, 1, got.Day())
	_, err = parseTime("soon", now)
	require.ErrorContains(t, err, "RFC 3339")
}

func FuzzClean(f *testing.F) {
	f.Add("\x1b]0;x\a\u202e\n\u009b")
	f.Fuzz(func(t *testing.T, s string) { require.NotRegexp(t, `[\p{Cc}\p{Cf}\x{2028}\x{2029}]`, clean(s)) })
}
