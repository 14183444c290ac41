package panelquery

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"time"
)

// Dashboard is what a dashboard asks Loki for.
type Dashboard struct {
	File, UID, Title string
	// From and To are the default time range, such as now-24h and now.
	From, To    string
	Variables   []Variable
	Annotations []Target
	Panels      []Panel
}

// Panel is a panel that asks for data. Rows and texts are left out.
type Panel struct {
	ID          int
	Title, Type string
	// Shown says that the panel is in the default view: in no collapsed row.
	Shown   bool
	Targets []Target
	columns int
}

// gridColumns is how many columns a dashboard has.
const gridColumns = 24

// WidthPx is the panel's width in a dashboard that is so many pixels wide.
func (p Panel) WidthPx(dashboard int) int { return dashboard * p.columns / gridColumns }

// Variable is a variable of a dashboard.
type Variable struct {
	Name, Type string
	Multi      bool
	// IncludeAll says that "All" can be chosen; AllValue is what it becomes.
	IncludeAll bool
	AllValue   string
	// Default is what is chosen when the dashboard is opened: values, or All.
	Default Value
	// Label and Stream are the query of a variable of type query: the values of
	// this label in these streams.
	Label, Stream string
	// Options of a variable of type custom.
	Options []string

	others map[string]string // AllValue of each variable
}

// Value is what is chosen of a variable.
type Value struct {
	All    bool
	Values []string
}

// Vars are the values of a dashboard's variables by name.
type Vars map[string]Value

// allValue is how Grafana stores the choice of All.
const allValue = "$__all"

// Default returns the values that the dashboard is opened with.
func (d Dashboard) Default() Vars {
	vars := Vars{}
	for _, v := range d.Variables {
		vars[v.Name] = v.Default
	}
	return vars
}

// Load reads every *.json file at the root of fsys, in the order of their names.
func Load(fsys fs.FS) ([]Dashboard, error) {
	names, err := fs.Glob(fsys, "*.json")
	if err != nil {
		return nil, fmt.Errorf("list dashboards: %w", err)
	}
	all := make([]Dashboard, 0, len(names))
	for _, name := range names {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read dashboard: %w", err)
		}
		d, err := Parse(raw)
		if err != nil {
			return nil, fmt.Errorf("read dashboard %s: %w", name, err)
		}
		d.File = name
		all = append(all, d)
	}
	return all, nil
}

// Parse reads one dashboard.
func Parse(raw []byte) (Dashboard, error) {
	var m model
	if err := json.Unmarshal(raw, &m); err != nil {
		return Dashboard{}, err
	}
	d := Dashboard{UID: m.UID, Title: m.Title, From: m.Time.From, To: m.Time.To}
	for _, v := range m.Templating.List {
		made, err := v.variable()
		if err != nil {
			return d, fmt.Errorf("variable %s: %w", v.Name, err)
		}
		d.Variables = append(d.Variables, made)
	}
	all := map[string]string{}
	for i, v := range d.Variables {
		all[v.Name] = v.AllValue
		d.Variables[i].others = all
	}
	for _, a := range m.Annotations.List {
		if a.BuiltIn == 0 {
			d.Annotations = append(d.Annotations, a.Target.target(a.Name, panelModel{}, all))
		}
	}
	shown := true
	for _, p := range m.Panels {
		if p.Type == "row" {
			shown = !p.Collapsed
			for _, inner := range p.Panels {
				if err := d.add(inner, false, all); err != nil {
					return d, err
				}
			}
			continue
		}
		if err := d.add(p, shown, all); err != nil {
			return d, err
		}
	}
	return d, nil
}

func (d *Dashboard) add(p panelModel, shown bool, all map[string]string) error {
	if p.TimeFrom != "" || p.TimeShift != "" || p.Repeat != "" {
		return fmt.Errorf("panel %q has timeFrom, timeShift or repeat: not known here", p.Title)
	}
	if len(p.Targets) == 0 {
		return nil
	}
	panel := Panel{ID: p.ID, Title: p.Title, Type: p.Type, Shown: shown, columns: p.GridPos.W}
	for _, t := range p.Targets {
		panel.Targets = append(panel.Targets, t.target(t.RefID, p, all))
	}
	d.Panels = append(d.Panels, panel)
	return nil
}

// Range returns the dashboard's default time range as it is at the given time.
// It knows now, and now minus one duration.
func (d Dashboard) Range(now time.Time) (from, to time.Time, err error) {
	if from, err = at(d.From, now); err != nil {
		return from, to, err
	}
	to, err = at(d.To, now)
	return from, to, err
}
