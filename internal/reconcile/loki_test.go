package reconcile

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/lokimatch"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

func TestTable(t *testing.T) {
	table := NewTable(6)
	at := func(i int) time.Time { return start.Add(time.Duration(i) * time.Second) }
	selector := lokimatch.Selector{Name: "service", Value: "s"}
	for i, id := range []string{"same", "changed", "absent", "partial", "", ""} {
		seconds := min(i, 4) // the last two are alike
		require.NoError(t, table.Expect(uint64(i), id, at(seconds), "line", selector, id == "partial"))
	}
	require.ErrorIs(t, table.Expect(9, "one more", at(9), "line", selector, false), ErrTooMany)
	table.sort()
	entry := func(id, line string, second int) *lokiquery.Entry {
		e := &lokiquery.Entry{Time: at(second), Line: line, Metadata: map[string]string{}}
		if id != "" {
			e.Metadata[semconv.MetadataEventID] = id
		}
		return e
	}
	for _, e := range []*lokiquery.Entry{
		entry("same", "line", 0), entry("same", "line", 0), entry("changed", "another line", 1), entry("partial", "x", 3),
		entry("", "line", 4), entry("", "line", 4), entry("forged", "line", 5), entry("late", "line", 6),
	} {
		table.look(e)
	}
	table.Late("late", at(6), "line")
	r := table.Result()
	require.Equal(t, Loki{Status: Gaps, Expected: 6, Found: 5, Missing: 1, Different: 1, Extra: 1, Doubled: 1, Unchecked: 1, List: r.List}, *r)
	var problems []string
	for _, e := range r.List {
		problems = append(problems, e.Problem+" "+e.EventID)
	}
	require.Equal(t, []string{"doubled same", "different changed", "missing absent", "extra forged"}, problems)
}
