package screen

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/agent-telemetry/agent-telemetry/internal/console/activity"
	"github.com/agent-telemetry/agent-telemetry/internal/console/celltext"
	"github.com/agent-telemetry/agent-telemetry/internal/console/stacklook"
)

// Options are what a screen needs.
type Options struct {
	Hub *activity.Hub
	// Look asks the stack how it is; nil when that is of no interest.
	Look   func(context.Context) stacklook.Stack
	Now    func() time.Time
	Source string // where events are from: "audit log" or "Loki"
	Filter string // at the start
}

// pane is a part of the main page that can have the keys.
type pane int

const (
	paneSessions pane = iota
	paneAlerts
	paneEvents
	panes
)

// page is what fills the screen.
type page int

const (
	pageMain page = iota
	pageDetail
	pageHelp
)

// lookEvery is how often the stack is asked how it is.
const lookEvery = 5 * time.Second

// Messages.
type (
	frameMsg struct{} // something may have changed
	stackMsg struct{ stack stacklook.Stack }
	lookMsg  struct{}            // it is time to ask the stack
	feedMsg  struct{ err error } // the feed ended
)

// model is the state of the screen; State of package activity is that of events.
type model struct {
	o             Options
	ctx           context.Context //nolint:containedctx // commands of bubbletea take none
	theme         theme
	width, height int

	page   page
	focus  pane
	zoom   bool
	filter *activity.Filter
	input  *input // being typed; nil when none is
	open   bool   // only alerts that nobody acknowledged

	now      time.Time
	stack    *stacklook.Stack
	feedErr  error
	since    time.Time
	totals   activity.Totals
	sessions []activity.Session
	tools    []activity.Tool
	alerts   []activity.AlertState
	events   []*activity.Event

	lists       [panes]list
	session     string // the chosen one; "" for whichever is first
	alert       uint64 // serial of the chosen one; 0 for the newest
	event       uint64 // serial of the chosen one; 0 for the newest: follow
	frozen      []*activity.Event
	frozenTotal int

	detail detail
	help   int // first line shown

	drawn string // the screen, "" when it has to be drawn anew
}

func newModel(ctx context.Context, o Options) *model {
	m := &model{o: o, ctx: ctx, theme: darkTheme, focus: paneEvents, filter: activity.ParseFilter(celltext.Clean(o.Filter, activity.MaxFilter))}
	m.refresh()
	return m
}

// Init implements tea.Model.
func (m *model) Init() tea.Cmd { return tea.Batch(tea.RequestBackgroundColor, m.look()) }

func (m *model) look() tea.Cmd {
	if m.o.Look == nil {
		return nil
	}
	return func() tea.Msg { return stackMsg{m.o.Look(m.ctx)} }
}

// Update implements tea.Model.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case frameMsg:
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		m.theme = darkTheme
		if !msg.IsDark() {
			m.theme = lightTheme
		}
	case stackMsg:
		m.stack = &msg.stack
		cmd = tea.Tick(lookEvery, func(time.Time) tea.Msg { return lookMsg{} })
	case lookMsg:
		return m, m.look()
	case feedMsg:
		m.feedErr = msg.err
	case tea.KeyPressMsg:
		cmd = m.key(msg)
	case tea.PasteMsg:
		if m.input == nil {
			return m, nil
		}
		m.input.insert(msg.Content)
		m.filter = activity.ParseFilter(m.input.text)
	default:
		return m, nil
	}
	m.refresh()
	return m, cmd
}

// View implements tea.Model.
func (m *model) View() tea.View {
	if m.drawn == "" {
		m.drawn = m.draw()
	}
	v := tea.NewView(m.drawn)
	v.AltScreen = true
	return v
}
