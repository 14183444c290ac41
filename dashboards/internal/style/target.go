package style

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog/variants"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/loki"
)

// DatasourceVariable is the variable that names the data source of every panel.
const DatasourceVariable = "datasource"

// datasource is what the variable chooses.
func datasource() *common.DataSourceRef {
	kind, uid := "loki", "${"+DatasourceVariable+"}"
	return &common.DataSourceRef{Type: &kind, Uid: &uid}
}

// Target is one query of a panel. It is asked once at the end of the time range
// when Instant, else for every interval of it.
type Target struct {
	Expr    string
	Instant bool
	// Legend names the series; labels stand in {{ }}.
	Legend string
	// Lines limits a query of lines.
	Lines int64
	// Oldest asks for the first lines instead of the last ones.
	Oldest bool
}

// Now is a target that is asked once.
func Now(expr string) Target { return Target{Expr: expr, Instant: true} }

// Over is a target that is asked for every interval.
func Over(expr, legend string) Target { return Target{Expr: expr, Legend: legend} }

// Latest asks for the last lines.
func Latest(expr string, lines int64) Target { return Target{Expr: expr, Lines: lines} }

// First asks for the first lines.
func First(expr string, lines int64) Target { return Target{Expr: expr, Lines: lines, Oldest: true} }

// refID names the targets of a panel A, B, C and so on.
func refID(i int) string { return letters[i : i+1] }

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

func (t Target) query(i int) variants.Dataquery {
	id, kind, mode := refID(i), string(loki.LokiQueryTypeRange), loki.QueryEditorModeCode
	q := loki.NewDataquery()
	q.Expr, q.RefId, q.EditorMode, q.Datasource = t.Expr, &id, &mode, datasource()
	if t.Instant {
		kind = string(loki.LokiQueryTypeInstant)
	}
	q.QueryType = &kind
	if t.Legend != "" {
		q.LegendFormat = &t.Legend
	}
	if t.Lines > 0 {
		q.MaxLines = &t.Lines
		direction := loki.LokiQueryDirectionBackward
		if t.Oldest {
			direction = loki.LokiQueryDirectionForward
		}
		q.Direction = &direction
	}
	return *q
}
