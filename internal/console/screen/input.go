package screen

import (
	"strings"
	"unicode/utf8"

	"github.com/agent-telemetry/agent-telemetry/internal/console/activity"
	"github.com/agent-telemetry/agent-telemetry/internal/console/celltext"
)

// input is the filter being typed.
type input struct {
	text   string
	before string // what it was, for esc
}

// insert adds text at the end.
func (in *input) insert(text string) {
	text = celltext.Clean(text, activity.MaxFilter)
	if len(in.text)+len(text) <= activity.MaxFilter {
		in.text += text
	}
}

// typed takes a key while the filter is typed; what is shown follows at once.
func (m *model) typed(name, text string) {
	in := m.input
	switch name {
	case "enter":
		m.input = nil
		return
	case "esc":
		m.input = nil
		m.setFilter(in.before)
		return
	case "backspace":
		_, n := utf8.DecodeLastRuneInString(in.text)
		in.text = in.text[:len(in.text)-n]
	case "ctrl+u":
		in.text = ""
	case "ctrl+w":
		trimmed := strings.TrimRight(in.text, " ")
		in.text = trimmed[:strings.LastIndexByte(trimmed, ' ')+1]
	default:
		if text == "" {
			return
		}
		in.insert(text)
	}
	m.filter = activity.ParseFilter(in.text)
}
