package lokimatch

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
)

// Expected is an entry that Loki should have.
type Expected struct {
	Key      Key
	Time     time.Time
	Selector Selector
}

// together is the longest pause between entries that one query asks for.
const together = 5 * time.Minute

// Present reports which of the entries Loki has, asking only for the times
// around them. narrow may restrict the queries to what the entries have in
// common; nil does not.
func Present(ctx context.Context, c *lokiquery.Client, entries []Expected, narrow func(lokiquery.Query) lokiquery.Query) ([]bool, error) {
	found := make([]bool, len(entries))
	places := make(map[Key][]int, len(entries))
	order := make([]int, len(entries))
	for i := range entries {
		order[i] = i
		places[entries[i].Key] = append(places[entries[i].Key], i)
	}
	slices.SortFunc(order, func(a, b int) int {
		x, y := &entries[a], &entries[b]
		return cmp.Or(cmp.Compare(x.Selector.Name, y.Selector.Name), cmp.Compare(x.Selector.Value, y.Selector.Value), x.Time.Compare(y.Time))
	})
	for start := 0; start < len(order); {
		first, end := &entries[order[start]], start+1
		last := first
		for ; end < len(order); end++ {
			next := &entries[order[end]]
			if next.Selector != first.Selector || next.Time.Sub(last.Time) > together {
				break
			}
			last = next
		}
		start = end
		q := first.Selector.Query()
		if narrow != nil {
			q = narrow(q)
		}
		err := c.Walk(ctx, q, first.Time, last.Time.Add(1), false, func(e lokiquery.Entry) bool {
			for _, i := range places[KeyOfEntry(&e)] {
				found[i] = true
			}
			return true
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}
