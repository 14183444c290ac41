package query

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
)

const (
	// window is how long a time Loki is asked for records of at once.
	window = 28 * 24 * time.Hour
	// maxRowBytes is how much text of records is held.
	maxRowBytes = 256 << 20
)

// rows returns the newest records, in the order of time.
func (o *Options) rows(ctx context.Context, client *lokiquery.Client, logql string) ([]Row, error) {
	var rows []Row
	bytes := 0
	full := func() bool { return len(rows) >= o.Args.Limit || bytes > maxRowBytes }
	for to := o.Args.to; o.Args.from.Before(to) && !full(); {
		from := to.Add(-window)
		if from.Before(o.Args.from) {
			from = o.Args.from
		}
		if err := client.WalkPages(ctx, lokiquery.Raw(logql), from, to, true, o.Args.Limit, func(e lokiquery.Entry) bool {
			if r := newRow(e); o.wants(&r) {
				rows = append(rows, r)
				bytes += len(e.Line)
			}
			return !full()
		}); err != nil {
			return nil, err
		}
		to = from
	}
	reverse(rows)
	if bytes > maxRowBytes {
		if _, err := fmt.Fprintf(o.Factory.IO.Err, "Warning: the records are so long that these are the newest %d only: --until shows others.\n", len(rows)); err != nil {
			return nil, fmt.Errorf("print: %w", err)
		}
	}
	return rows, nil
}

func reverse(rows []Row) {
	for i, j := 0, len(rows)-1; i < j; i, j = i+1, j-1 {
		rows[i], rows[j] = rows[j], rows[i]
	}
}

// wants decides what a label cannot say: the path of a project.
func (o *Options) wants(r *Row) bool {
	return !strings.Contains(o.Args.Project, "/") || strings.TrimRight(o.Args.Project, "/") == r.event.ProjectPath
}
