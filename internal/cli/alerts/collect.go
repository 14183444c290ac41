package alerts

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// maxAcks bounds how many acknowledged alerts are remembered.
const maxAcks = 1_000_000

// newestAlerts returns the newest alerts that match, in the order of time, each
// once, with what is known of their acknowledgement. wanted is asked beside the
// filter; nil wants all.
func newestAlerts(ctx context.Context, s source, f *filter, limit int, wanted func(*Alert) bool) ([]Alert, error) {
	newest := newestOf{limit: limit, seen: map[string]bool{}}
	err := s.each(ctx, f, semconv.EventSecurityAlert, func(r record) bool {
		if a, ok := r.alert(); ok && f.matches(&a) && (wanted == nil || wanted(&a)) {
			newest.add(a)
		}
		return ctx.Err() == nil
	})
	if err != nil {
		return nil, err
	}
	found := newest.sorted()
	if len(found) == 0 {
		return found, nil
	}
	known, err := acknowledged(ctx, s, &filter{session: f.session, from: found[0].Time, to: time.Now().Add(time.Minute)})
	if err != nil {
		return nil, err
	}
	for i := range found {
		if ack, ok := known[found[i].ID]; ok {
			found[i].Ack = &ack
		}
	}
	return found, nil
}

// acknowledged returns the acknowledgement of each alert that counts.
func acknowledged(ctx context.Context, s source, f *filter) (map[string]Acknowledgement, error) {
	first := map[string]Acknowledgement{}
	err := s.each(ctx, f, semconv.EventAlertAcknowledged, func(r record) bool {
		if a, ok := r.acknowledgement(); ok {
			if other, known := first[a.alertID]; !known || a.before(&other) {
				first[a.alertID] = a
			}
		}
		return len(first) < maxAcks
	})
	return first, err
}

// newestOf keeps the newest of the alerts that it is given, in bounded memory.
type newestOf struct {
	limit int
	kept  []Alert
	seen  map[string]bool // record ids of what is kept
}

func (n *newestOf) add(a Alert) {
	if a.recordID != "" {
		if n.seen[a.recordID] {
			return
		}
		n.seen[a.recordID] = true
	}
	n.kept = append(n.kept, a)
	if len(n.kept) >= 2*n.limit+100 {
		n.trim()
	}
}

func (n *newestOf) trim() {
	slices.SortStableFunc(n.kept, func(a, b Alert) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.ID, b.ID))
	})
	if more := len(n.kept) - n.limit; more > 0 {
		for i := range n.kept[:more] {
			delete(n.seen, n.kept[i].recordID)
		}
		n.kept = slices.Delete(n.kept, 0, more)
	}
}

func (n *newestOf) sorted() []Alert { n.trim(); return n.kept }
