package timeline

import (
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// mainAgent is what --agent calls the main agent.
const mainAgent = "main"

// Filter says which entries are shown; what is empty shows all.
type Filter struct {
	Tools  []string // names, * stands for anything
	Agent  string   // the start of an id, a type, or mainAgent
	Alerts bool     // alerts, and what they are about
	Files  bool     // changes of files
	Errors bool     // what failed, was denied or has no end

	project string
}

func (f *Filter) flags(cmd *cobra.Command) {
	s := cmd.Flags()
	s.StringSliceVar(&f.Tools, "tool", nil, "only calls of these tools: `NAME`, such as Bash or mcp__*")
	s.StringVar(&f.Agent, "agent", "", "only this agent: start of its `ID`, its type, or main")
	s.BoolVar(&f.Alerts, "alerts-only", false, "only alerts, and what they are about")
	s.BoolVar(&f.Files, "files", false, "only changes of files")
	s.BoolVar(&f.Errors, "errors", false, "only what failed, was denied, or has no end")
	cobra.CheckErr(cmd.RegisterFlagCompletionFunc("agent", cobra.FixedCompletions([]string{mainAgent}, cobra.ShellCompDirectiveNoFileComp)))
}

func (f *Filter) complete() error {
	for _, t := range f.Tools {
		if _, err := path.Match(t, ""); err != nil {
			return errors.New("--tool: " + t + " is no pattern: only * and ? stand for something else")
		}
	}
	return nil
}

// choose returns the entries that are wanted. An alert stands behind what it is
// about, and is wanted together with it.
func (f *Filter) choose(all []story.Entry) []story.Entry {
	if len(f.Tools) == 0 && f.Agent == "" && !f.Alerts && !f.Files && !f.Errors {
		return all
	}
	var chosen []story.Entry
	about := false // the entry in front was chosen
	for i := range all {
		e := &all[i]
		if e.Kind == story.KindAlert && e.Alert != nil {
			if follows(all, i) && !about && !f.Alerts {
				continue
			}
			if !f.agent(e) || !follows(all, i) && (len(f.Tools) > 0 || f.Files || f.Errors) {
				continue
			}
		} else {
			about = f.wants(e) && f.agent(e)
			if !about {
				continue
			}
		}
		chosen = append(chosen, *e)
	}
	return chosen
}

// follows reports whether an alert stands behind the entry that it is about.
func follows(all []story.Entry, i int) bool {
	id := all[i].Alert.EventID
	for ; i >= 0 && all[i].Kind == story.KindAlert; i-- {
	}
	return i >= 0 && id != "" && (all[i].EventID == id || all[i].Tool != nil && all[i].Tool.EndID == id)
}

func (f *Filter) agent(e *story.Entry) bool {
	switch f.Agent {
	case "":
		return true
	case mainAgent:
		return e.AgentID == ""
	}
	return e.AgentID != "" && strings.HasPrefix(e.AgentID, f.Agent) || e.AgentType == f.Agent
}

func (f *Filter) wants(e *story.Entry) bool {
	if f.Alerts && e.Severity == "" {
		return false
	}
	if len(f.Tools) > 0 && (e.Tool == nil || !slices.ContainsFunc(f.Tools, func(p string) bool {
		ok, err := path.Match(p, e.Tool.Name)
		return err == nil && ok
	})) {
		return false
	}
	if f.Files && (e.Tool == nil || !e.Tool.Change || e.Kind != story.KindTool) {
		return false
	}
	return !f.Errors || failed(e)
}

// failed reports whether an entry is one that did not end well.
func failed(e *story.Entry) bool {
	return e.Kind == story.KindTool && e.Tool != nil && e.Tool.Outcome != story.OutcomeOK || e.Kind == story.KindGap || e.Event == "turn_failure"
}
