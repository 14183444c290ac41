package style

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// Spec is what a panel of any kind has.
type Spec struct {
	Title string
	// About says what is counted, from where, and what to do when it looks bad.
	About string
	// Unit of the values as Grafana names it: short, ms, percentunit, currencyUSD, …
	Unit string
	// Empty is shown instead of data when there is none: what to do.
	Empty string
	// Steps colour the values; none: by the palette, the same name always the same.
	Steps []Step
	// Least is the shortest interval of a range query; 1m, that of the roll-ups, unless set.
	Least     string
	Decimals  *float64
	Min, Max  *float64
	Links     []Link // of values and series
	Overrides []Override
	Targets   []Target

	unknown bool // no number is shown as a warning, not as a good one
}

// Panel is a panel that has no place yet.
type Panel struct {
	built dashboard.Panel
	err   error
}

// number returns a pointer to n.
func number(n float64) *float64 { return &n }

// Bound returns a bound for Spec.Min and Spec.Max, or a number of decimals.
func Bound(n float64) *float64 { return number(n) }

// rollUpInterval is the least interval of panels over roll-ups: there is one record a minute.
const rollUpInterval = "1m"

// make gives a built panel what every panel has.
func (s Spec) make(b cog.Builder[dashboard.Panel], transformations ...dashboard.DataTransformerConfig) Panel {
	p, err := b.Build()
	if err != nil {
		return Panel{err: err}
	}
	p.Title, p.Description, p.Transformations = &s.Title, &s.About, transformations
	p.Datasource = datasource()
	least := rollUpInterval
	if s.Least != "" {
		least = s.Least
	}
	p.Interval = &least
	for i, t := range s.Targets {
		p.Targets = append(p.Targets, t.query(i))
	}
	if p.FieldConfig == nil {
		p.FieldConfig = &dashboard.FieldConfigSource{}
	}
	d := &p.FieldConfig.Defaults
	d.Unit, d.NoValue, d.Decimals, d.Min, d.Max = &s.Unit, &s.Empty, s.Decimals, s.Min, s.Max
	if s.Steps != nil {
		d.Thresholds = thresholds(s.Steps)
		d.Color = &dashboard.FieldColor{Mode: dashboard.FieldColorModeIdThresholds}
	} else {
		d.Thresholds = thresholds(Plain())
		d.Color = &dashboard.FieldColor{Mode: dashboard.FieldColorModeIdPaletteClassicByName}
	}
	if s.unknown {
		d.Mappings = []dashboard.ValueMapping{missing(s.Empty, Warn)}
	}
	for _, l := range s.Links {
		d.Links = append(d.Links, l.link())
	}
	p.FieldConfig.Overrides = append(p.FieldConfig.Overrides, s.Overrides...)
	if p.FieldConfig.Overrides == nil {
		p.FieldConfig.Overrides = []Override{}
	}
	return Panel{built: p}
}
