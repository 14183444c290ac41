package timeline

import (
	"fmt"
	"io"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// Summary is the first line of --json.
type Summary struct {
	Kind    string        `json:"kind"` // summary
	Source  string        `json:"source"`
	Session story.Session `json:"session"`
	Agents  []story.Agent `json:"agents"`
	Entries int           `json:"entries"` // that follow
	Missing int           `json:"missing"`
	LeftOut int           `json:"left_out"`
	Cut     int           `json:"cut"`
	Doubled int           `json:"doubled"`
	Damaged int           `json:"damaged"`
}

func printJSON(w io.Writer, s *story.Story, entries []story.Entry) error {
	enc := termtext.JSON(w)
	agents := s.Agents
	if agents == nil {
		agents = []story.Agent{}
	}
	if err := enc.Encode(Summary{
		Kind: "summary", Source: s.Source, Session: s.Session, Agents: agents, Entries: len(entries),
		Missing: s.Missing, LeftOut: s.LeftOut, Cut: s.Cut, Doubled: s.Doubled, Damaged: s.Damaged,
	}); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	for i := range entries {
		if err := enc.Encode(&entries[i]); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
	return nil
}
