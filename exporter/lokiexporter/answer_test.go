package lokiexporter

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestRefusalsOf(t *testing.T) {
	tests := map[string]struct {
		body string
		want []refusal
	}{
		"one error": {
			"max entry size '262144' bytes exceeded for stream '{a=\"b\"}' while adding an entry with length '286890' bytes",
			[]refusal{{reasonLineTooLong, 1}},
		},
		"grouped": {
			"3 errors like: max entry size '1' bytes exceeded for stream '{}' while; " +
				"2 errors like: entry for stream '{}' has timestamp too old: x, oldest acceptable timestamp is: y; " +
				"1 errors like: entry for stream '{}' has 16 label names; limit 15",
			[]refusal{{reasonTooOld, 2}, {reasonLineTooLong, 3}, {reasonTooManyLabels, 1}},
		},
		"of the ingester": {
			"entry with timestamp x ignored, reason: 'entry too far behind, entry timestamp is: x, oldest acceptable timestamp is: y',\n" +
				"user 'fake', total ignored: 4 out of 9 for stream: {a=\"b\"}",
			[]refusal{{reasonTooFarBehind, 4}},
		},
		"more than there are": {"99 errors like: stream '{}' has label value too long: 'x'", []refusal{{reasonLabelTooLong, 10}}},
		"nothing known":       {"bad request", []refusal{{reasonOther, 10}}},
		"empty":               {"", []refusal{{reasonOther, 10}}},
		"zero of them":        {"0 errors like: has timestamp too new", []refusal{{reasonOther, 10}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, tt.want, refusalsOf(tt.body, 10))
		})
	}
}

// A label value is the agent's to choose: it must not change what is done.
func TestLabelValuesDoNotDecide(t *testing.T) {
	cfg := testConfig("http://127.0.0.1")
	a := cfg.judge(http.StatusTooManyRequests, http.Header{},
		"entry with timestamp x ignored, reason: 'Per stream rate limit exceeded for stream {a=\"maximum active stream limit exceeded\"}'", 1)
	require.Equal(t, retry, a.verdict)
	require.False(t, a.slower)
}

func TestJudgeTooLarge(t *testing.T) {
	cfg := testConfig("http://127.0.0.1")
	a := cfg.judge(http.StatusInternalServerError, http.Header{},
		"rpc error: code = ResourceExhausted desc = grpc: received message larger than max (5 vs. 4)", 2)
	require.Equal(t, tooLarge, a.verdict)
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"":                              0,
		"5":                             5 * time.Second,
		"-5":                            0,
		"99999999999":                   maxRetryAfter,
		"999999999999999999999":         0,
		"Wed, 04 Mar 2026 05:06:37 GMT": 30 * time.Second,
		"Wed, 04 Mar 2026 05:06:00 GMT": 0,
		"Wed, 04 Mar 2027 05:06:37 GMT": maxRetryAfter,
		"soon":                          0,
	} {
		require.Equal(t, want, retryAfter(value, now), value)
	}
}

// FuzzAnswer holds that whatever a server answers, a verdict is reached and no
// more entries are counted than were sent.
func FuzzAnswer(f *testing.F) {
	f.Add(400, "3 errors like: max entry size; 2 errors like: x", "1", 5)
	f.Add(400, "total ignored: 3 out of 5 for stream: {}", "", 5)
	f.Add(429, streamLimitBody, "Wed, 04 Mar 2026 05:06:37 GMT", 1)
	f.Add(500, "\xff\xff", "\x00", 1)
	cfg := testConfig("http://127.0.0.1")
	f.Fuzz(func(t *testing.T, status int, body, after string, entries int) {
		entries = max(1, entries)
		a := cfg.judge(status, http.Header{"Retry-After": {after}}, body, entries)
		require.Equal(t, a.verdict == accepted, a.err == nil)
		require.LessOrEqual(t, a.retryAfter, maxRetryAfter)
		require.GreaterOrEqual(t, a.retryAfter, time.Duration(0))
		n := 0
		for _, r := range a.refusals {
			require.Positive(t, r.entries)
			n += r.entries
		}
		require.LessOrEqual(t, n, entries)
		if a.verdict == refused || a.verdict == refusedPartly {
			require.Positive(t, n)
		}
	})
}
