package gantt

import (
	"cmp"
	"slices"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// Kind says what calls did.
type Kind uint8

// Kinds of calls, those that are drawn over others later.
const (
	Wait  Kind = iota // of an agent: its caller waits for it, or not
	Other             // any other tool
	Read              // files and searches
	Net               // web and MCP servers
	Run               // commands
	Write             // files
	kinds
)

func kindOf(e *story.Entry) Kind {
	switch e.Event {
	case semconv.EventSubAgentDelegation:
		return Wait
	case semconv.EventFileRead, semconv.EventCodeSearch, semconv.EventFileSearch, semconv.EventDirectoryList:
		return Read
	case semconv.EventWebFetch, semconv.EventWebSearch, semconv.EventMCPCall:
		return Net
	case semconv.EventCommandExecution:
		return Run
	}
	if e.Tool.Change {
		return Write
	}
	return Other
}

// Bar is a call, or several that lie too close to be told apart.
type Bar struct {
	X0, X1 float64
	Kind   Kind // of several: of most of them
	Calls  int
	Failed int // that failed or were denied
	Open   int // without a result
	// Call is the only one; of several the first that failed, else the first.
	Call *story.Entry
	End  time.Time // of the last

	of [kinds]int
}

// Bounds of the bars of one drawing. columns is into how many columns an axis is taken
// apart first; calls that begin in the same one and are not longer than longCall of
// them are one bar.
const (
	maxBars  = 8000
	columns  = 800
	longCall = 3
)

// call is a call on the axis.
type call struct {
	lane   int
	x0, x1 float64
	end    time.Time
	entry  *story.Entry
}

// bars makes at most maxBars bars of calls that are ordered by lane and time; fewer
// columns make fewer bars.
func bars(calls []call, lanes int) [][]Bar {
	for n := float64(columns); ; n /= 2 {
		all, count := aggregated(calls, lanes, n)
		if count <= maxBars || n < 1 {
			return all
		}
	}
}

func aggregated(calls []call, lanes int, columns float64) (all [][]Bar, count int) {
	all = make([][]Bar, lanes)
	var last struct {
		lane, column, at int
	}
	last.lane = -1
	for i := range calls {
		c := &calls[i]
		column := int(c.x0 * columns)
		small := columns < 1 || c.x1-c.x0 < longCall/columns
		list := &all[c.lane]
		if small && last.lane == c.lane && last.column == column {
			(*list)[last.at].add(c)
			continue
		}
		b := Bar{X0: c.x0, X1: c.x1, Call: c.entry}
		b.add(c)
		if small {
			last.lane, last.column, last.at = c.lane, column, len(*list)
		}
		*list = append(*list, b)
		count++
	}
	for _, list := range all {
		slices.SortStableFunc(list, func(a, b Bar) int {
			return cmp.Or(cmp.Compare(min(a.Failed, 1), min(b.Failed, 1)), cmp.Compare(a.Kind, b.Kind))
		})
	}
	return all, count
}

func (b *Bar) add(c *call) {
	b.Calls++
	b.X1 = max(b.X1, c.x1)
	if c.end.After(b.End) {
		b.End = c.end
	}
	switch c.entry.Tool.Outcome {
	case story.OutcomeFailed, story.OutcomeInterrupted, story.OutcomeTimeout, story.OutcomeDenied:
		if b.Failed++; b.Failed == 1 {
			b.Call = c.entry
		}
	case story.OutcomeUnknown:
		b.Open++
	}
	k := kindOf(c.entry)
	if b.of[k]++; b.of[k] > b.of[b.Kind] {
		b.Kind = k
	}
}
