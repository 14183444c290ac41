package style

import (
	"errors"
	"fmt"

	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// columns of a dashboard.
const gridColumns = 24

// schema is the version of Grafana's dashboard schema: that of Grafana 11.1.
const schema = 39

// Board is a dashboard.
type Board struct {
	UID, Title, About string
	// From is the start of the time range that is shown at first.
	From string
	// Refresh is how often panels ask again; "" for never.
	Refresh     string
	Variables   []Variable
	Annotations []Annotation
	Sections    []Section
}

// Section is a part of a dashboard under a heading. Folded, its panels ask for
// nothing until it is opened.
type Section struct {
	Title  string
	Folded bool
	Rows   []Row
}

// Row holds panels side by side. Their widths add up to 24 columns.
type Row struct {
	Height uint32
	Panels []Placed
}

// Placed is a panel and its width in columns.
type Placed struct {
	Width uint32
	Panel Panel
}

// Even places panels of one width.
func Even(height uint32, panels ...Panel) Row {
	row := Row{Height: height}
	for _, p := range panels {
		row.Panels = append(row.Panels, Placed{gridColumns / uint32(len(panels)), p}) //nolint:gosec // a handful
	}
	return row
}

// Wide places one panel.
func Wide(height uint32, p Panel) Row { return Even(height, p) }

// Split places two panels, the first of the given width.
func Split(height, width uint32, first, second Panel) Row {
	return Row{height, []Placed{{width, first}, {gridColumns - width, second}}}
}

// Annotation marks moments on every graph.
type Annotation struct {
	Name, Colour, Expr string
	Lines              int64
}

// Build makes the dashboard's model.
func (b Board) Build() (dashboard.Dashboard, error) {
	editable, tooltip, zone, to, version := true, dashboard.DashboardCursorSyncCrosshair, common.TimeZoneBrowser, "now", uint32(1)
	d := *dashboard.NewDashboard()
	d.Uid, d.Title, d.Description = &b.UID, &b.Title, &b.About
	d.Tags, d.Timezone, d.Editable, d.GraphTooltip = []string{Tag}, &zone, &editable, &tooltip
	d.Time = &dashboard.DashboardDashboardTime{From: b.From, To: to}
	d.Timepicker = &dashboard.TimePickerConfig{RefreshIntervals: []string{"10s", "30s", "1m", "5m", "15m"}}
	d.Refresh, d.Version, d.SchemaVersion = &b.Refresh, &version, schema
	d.Links = []dashboard.DashboardLink{{
		Title: "Agent telemetry", Type: dashboard.DashboardLinkTypeDashboards, Tags: []string{Tag}, KeepTime: true, IncludeVars: true,
	}}
	d.Templating.List = []dashboard.VariableModel{chooseSource()}
	for _, v := range b.Variables {
		d.Templating.List = append(d.Templating.List, v.model)
	}
	d.Annotations.List = []dashboard.AnnotationQuery{}
	for _, a := range b.Annotations {
		hide := false
		q := Latest(a.Expr, a.Lines).query(0)
		d.Annotations.List = append(d.Annotations.List, dashboard.AnnotationQuery{
			Name: a.Name, Datasource: datasource(), Enable: true, Hide: &hide, IconColor: a.Colour, Target: q,
		})
	}
	place := placing{}
	for _, s := range b.Sections {
		if err := place.section(&d, s); err != nil {
			return d, fmt.Errorf("dashboard %s: section %q: %w", b.UID, s.Title, err)
		}
	}
	return d, nil
}

// placing gives out ids and places.
type placing struct {
	id, y uint32
}

func (p *placing) section(d *dashboard.Dashboard, s Section) error {
	row := dashboard.RowPanel{Type: "row", Collapsed: s.Folded, Title: &s.Title, Panels: []dashboard.Panel{}}
	p.id++
	row.Id = p.id
	row.GridPos = &dashboard.GridPos{W: gridColumns, H: 1, Y: p.y}
	if s.Title != "" {
		p.y++
	}
	var panels []dashboard.Panel
	for _, r := range s.Rows {
		x := uint32(0)
		for _, placed := range r.Panels {
			if placed.Panel.err != nil {
				return placed.Panel.err
			}
			panel := placed.Panel.built
			p.id++
			id := p.id
			panel.Id, panel.GridPos = &id, &dashboard.GridPos{X: x, Y: p.y, W: placed.Width, H: r.Height}
			x += placed.Width
			panels = append(panels, panel)
		}
		if x != gridColumns {
			return fmt.Errorf("a row is %d columns wide: %w", x, errWidth)
		}
		p.y += r.Height
	}
	if s.Folded { // it takes one line until it is opened
		row.Panels, panels = panels, nil
		p.y = row.GridPos.Y + 1
	}
	if s.Title != "" {
		d.Panels = append(d.Panels, dashboard.PanelOrRowPanel{RowPanel: &row})
	}
	for _, panel := range panels {
		d.Panels = append(d.Panels, dashboard.PanelOrRowPanel{Panel: &panel})
	}
	return nil
}

var errWidth = errors.New("a dashboard has 24")
