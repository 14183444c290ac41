package agents

import (
	"math"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// From how many on a figure says something.
const (
	enoughDelegations = 5
	enoughForP95      = 20
	enoughCalls       = 20
)

// comparison is what agents compare --json prints.
type comparison struct {
	Kind    string   `json:"kind"` // comparison
	Source  string   `json:"source"`
	Of      string   `json:"of"` // sessions, types, times
	A       Side     `json:"a"`
	B       Side     `json:"b"`
	Figures []Figure `json:"figures"`

	sides    [2]figuresOf
	warnings []string
}

// Side is one of the two.
type Side struct {
	Label   string     `json:"label"`
	Session string     `json:"session_id,omitempty"`
	Type    string     `json:"agent_type,omitempty"`
	From    *time.Time `json:"from,omitempty"`
	To      *time.Time `json:"to,omitempty"`
}

// Figure is one of both sides. What is not known is null.
type Figure struct {
	Name string   `json:"name"`
	Unit string   `json:"unit"` // ms, share, or "" of a number
	A    *float64 `json:"a"`
	B    *float64 `json:"b"`
	// AOf and BOf are of how many it is made, where that is another number.
	AOf        *int     `json:"a_of"`
	BOf        *int     `json:"b_of"`
	Difference *float64 `json:"difference"` // B less A
	Change     *float64 `json:"change"`     // of A: 0.5 is half as much again; null where A is 0, and of shares
	Few        bool     `json:"few"`        // a side has too few for the difference to say something
	// Of rates: Wilson's intervals at 95 %.
	ALow  *float64 `json:"a_low"`
	AHigh *float64 `json:"a_high"`
	BLow  *float64 `json:"b_low"`
	BHigh *float64 `json:"b_high"`
	title string
}

// Units.
const (
	unitTime  = "ms"
	unitShare = "share"
)

// figuresOf are those of a side. A type of agents has no overview.
type figuresOf struct {
	Side
	overview *coordination.Overview
	total    coordination.Total
}

// whole is a side of everything in some sessions.
func whole(g *gathered, s Side) figuresOf {
	o := coordination.Look(g.sessions)
	f := figuresOf{Side: s, overview: &o, total: coordination.Total{DurationP50: -1, DurationP95: -1, DurationMax: -1}}
	if all := coordination.Totals(g.sessions, coordination.All); len(all) > 0 {
		f.total = all[0]
	}
	f.total.Sessions = len(g.sessions)
	return f
}

func newComparison(of string, source story.Source) *comparison {
	return &comparison{Kind: "comparison", Source: source.Name(), Of: of, Figures: []Figure{}}
}

func (c *comparison) side(i int, f figuresOf) {
	c.sides[i] = f
	if i == 0 {
		c.A = f.Side
	} else {
		c.B = f.Side
	}
}

// value is a figure of one side; below 0 it is not known.
type value struct {
	n  float64
	of int // -1: it is of nothing else
}

func plain(n int) value { return value{float64(n), -1} }

// known is a value of at least one.
func known(n float64, of int) value {
	if of == 0 {
		return value{-1, 0}
	}
	return value{n, of}
}

func ratio(n float64, of int) value { return known(n/float64(max(of, 1)), of) }

// figureKind is a figure that both sides have.
type figureKind struct {
	name, title, unit string
	enough            int // of how many it must be made on both sides; 0 is any
	whole             bool
	of                func(*figuresOf) value
}

var figureKinds = []figureKind{
	{"sessions", "Sessions", "", 0, false, func(f *figuresOf) value { return plain(f.total.Sessions) }},
	{"delegations", "Delegations", "", 0, false, func(f *figuresOf) value { return plain(f.total.Delegations) }},
	{"background", "… in the background", "", 0, false, func(f *figuresOf) value { return plain(f.total.Background) }},
	{"failure_rate", "… that failed", unitShare, enoughDelegations, false, func(f *figuresOf) value {
		return ratio(float64(f.total.Failed), f.total.Completed+f.total.Failed)
	}},
	{"duration_p50", "Duration P50", unitTime, enoughDelegations, false, func(f *figuresOf) value {
		return known(float64(f.total.DurationP50), f.total.Timed)
	}},
	{"duration_p95", "Duration P95", unitTime, enoughForP95, false, func(f *figuresOf) value {
		return known(float64(f.total.DurationP95), f.total.Timed)
	}},
	{"work", "Work", unitTime, 0, false, func(f *figuresOf) value { return value{float64(f.total.Own), -1} }},
	{"tool_calls", "Tool calls", "", 0, false, func(f *figuresOf) value { return plain(f.total.ToolCalls) }},
	{"error_rate", "… that failed", unitShare, enoughCalls, false, func(f *figuresOf) value {
		return ratio(float64(f.total.Errors), f.total.ToolCalls)
	}},
	{"tokens_per_delegation", "Tokens a delegation", "", enoughDelegations, false, func(f *figuresOf) value {
		return ratio(float64(f.total.Tokens), f.total.TokensOf)
	}},
	{"files_changed", "Files agents changed", "", 0, false, func(f *figuresOf) value { return plain(f.total.FilesChanged) }},
	{"conflicts", "Conflicts", "", 0, false, func(f *figuresOf) value { return plain(f.total.Conflicts) }},
	{"repeated", "Repeated work", "", 0, false, func(f *figuresOf) value { return plain(f.total.Repeated) }},
	{"share", "Share of work", unitShare, 0, false, func(f *figuresOf) value {
		if f.overview != nil {
			return value{-1, -1}
		}
		return value{f.total.Share, -1}
	}},
	{"parallelism", "Agents at work", "", 0, true, func(f *figuresOf) value { return value{f.overview.Parallelism, -1} }},
	{"peak", "… at most", "", 0, true, func(f *figuresOf) value { return plain(f.overview.Peak) }},
	{"parallel_efficiency", "Parallel efficiency", unitShare, 0, true, func(f *figuresOf) value { return value{f.overview.ParallelEfficiency, -1} }},
	{"overlap", "Overlap", unitShare, 0, true, func(f *figuresOf) value { return value{f.overview.Overlap, -1} }},
	{"delegated", "Work that was delegated", unitShare, 0, true, func(f *figuresOf) value { return value{f.overview.Delegated, -1} }},
	{"critical_path", "Critical path", unitTime, 0, true, func(f *figuresOf) value { return value{float64(f.overview.CriticalPath), -1} }},
}

// compare makes the figures of both sides.
func (c *comparison) compare() {
	for _, k := range figureKinds {
		if k.whole && c.sides[0].overview == nil {
			continue
		}
		a, b := k.of(&c.sides[0]), k.of(&c.sides[1])
		if a.n < 0 && b.n < 0 && k.name == "share" {
			continue
		}
		f := Figure{Name: k.name, Unit: k.unit, title: k.title, A: a.value(), B: b.value(), AOf: a.made(), BOf: b.made()}
		f.ALow, f.AHigh = a.interval(k.unit)
		f.BLow, f.BHigh = b.interval(k.unit)
		f.Few = k.enough > 0 && (a.of < k.enough || b.of < k.enough)
		if f.A != nil && f.B != nil {
			d := *f.B - *f.A
			f.Difference = &d
			if *f.A != 0 && k.unit != unitShare {
				change := d / *f.A
				f.Change = &change
			}
		}
		c.Figures = append(c.Figures, f)
	}
}

func (v value) value() *float64 {
	if v.n < 0 {
		return nil
	}
	return &v.n
}

// interval is in which a rate is likely to be: of what is a share of a number.
func (v value) interval(unit string) (low, high *float64) {
	if unit != unitShare || v.of <= 0 || v.n < 0 {
		return nil, nil
	}
	l, h := coordination.Wilson(int(math.Round(v.n*float64(v.of))), v.of)
	return &l, &h
}

func (v value) made() *int {
	if v.of < 0 {
		return nil
	}
	return &v.of
}
