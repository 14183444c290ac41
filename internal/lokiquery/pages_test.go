package lokiquery_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
)

// lines answers like a Loki that has n entries, a second apart, of so many bytes; more
// than most of them at once it refuses.
func lines(t *testing.T, n, bytes, most int) *lokiquery.Client {
	t.Helper()
	long := strings.Repeat("x", bytes)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		number := func(name string) int64 {
			v, err := strconv.ParseInt(r.FormValue(name), 10, 64)
			if err != nil {
				http.Error(w, name, http.StatusBadRequest)
			}
			return v
		}
		start, end, limit := number("start"), number("end"), int(number("limit"))
		var values [][2]string
		for i := 0; i < n && len(values) < limit; i++ {
			if at := int64(i) * int64(time.Second); at >= start && at < end {
				values = append(values, [2]string{strconv.FormatInt(at, 10), strconv.Itoa(i) + " " + long})
			}
		}
		if most > 0 && len(values) > most {
			http.Error(w, "rpc error: code = ResourceExhausted desc = grpc: received message larger than max (5000000 vs. 4194304)", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"streams","result":[{"stream":{},"values":`)
		_ = json.NewEncoder(w).Encode(values)
		_, _ = io.WriteString(w, `}]}}`)
	}))
	t.Cleanup(server.Close)
	c, err := lokiquery.FromEnv(server.URL)
	require.NoError(t, err)
	return c
}

// Long entries, which whoever is watched can make, do not keep others from being read.
func TestPagesOfLongEntries(t *testing.T) {
	for name, c := range map[string]*lokiquery.Client{"more than is read": lines(t, 100, 1<<20, 0), "more than Loki can give": lines(t, 3000, 10, 100)} {
		t.Run(name, func(t *testing.T) {
			next := 0
			require.NoError(t, c.WalkPages(t.Context(), lokiquery.Raw("{}"), time.Unix(0, 0), time.Unix(100_000, 0), false, 200, func(e lokiquery.Entry) bool {
				require.True(t, strings.HasPrefix(e.Line, strconv.Itoa(next)+" "), "%d: %.20s", next, e.Line)
				next++
				return true
			}))
			require.GreaterOrEqual(t, next, 100)
		})
	}
	found, full, err := lines(t, 3000, 10, 100).Newest(t.Context(), lokiquery.Raw("{}"), time.Unix(0, 0), time.Unix(100_000, 0), lokiquery.MaxPage)
	require.NoError(t, err)
	require.True(t, full)
	require.NotEmpty(t, found)
	err = lines(t, 100, 10, 5).Walk(t.Context(), lokiquery.Raw("{}"), time.Unix(0, 0), time.Unix(100_000, 0), false, func(lokiquery.Entry) bool { return true })
	require.ErrorContains(t, err, "larger than max", "there is an end to it")
}
