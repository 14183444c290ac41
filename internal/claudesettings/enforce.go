package claudesettings

import (
	"slices"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/enforcement"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// enforce is what the handler does with a tool call that nobody judges; Off when it
// asks for no verdicts.
func (h Handler) enforce() enforcement.Mode {
	value := ""
	if h.Type == "http" {
		if value = h.header(semconv.HeaderEnforce, ""); value == "" {
			return enforcement.Off
		}
	} else {
		flag := "--" + semconv.FlagEnforce
		args := h.Args
		if len(args) == 0 {
			args = strings.Fields(h.Command)
		}
		found := false
		for _, arg := range args { // the last one counts
			if arg == flag {
				value, found = string(enforcement.Open), true
			} else if v, ok := strings.CutPrefix(arg, flag+"="); ok {
				value, found = v, true
			}
		}
		if !found {
			return enforcement.Off
		}
	}
	mode, _ := enforcement.ParseMode(value) // a mistake counts as closed, as it does in the hook
	return mode
}

// stricter returns the mode that lets less pass.
func stricter(a, b enforcement.Mode) enforcement.Mode {
	order := []enforcement.Mode{enforcement.Off, enforcement.Open, enforcement.Ask, enforcement.Closed}
	if slices.Index(order, a) > slices.Index(order, b) {
		return a
	}
	return b
}

// Enforce is the strictest mode of all settings that count: every level's hooks
// run, and Claude Code obeys the strictest answer.
func (r Report) Enforce() enforcement.Mode {
	mode := enforcement.Off
	for _, f := range r.Files {
		mode = stricter(mode, f.Enforce)
	}
	return mode
}

// judgeEnforcement finds what cannot enforce as it is told.
func (r *Report) judgeEnforcement(f FileUse) {
	for _, h := range f.handlers {
		if mode := h.handler.enforce(); h.event == semconv.HookPreToolUse && h.handler.Type == "http" && mode != enforcement.Off && mode != enforcement.Open {
			r.add(ProblemEnforceHTTP, false, f.Path+" asks for verdicts by an HTTP hook that is to fail "+string(mode)+": Claude Code goes on when the collector is gone", "run `agent-telemetry install --enforce="+string(mode)+"` again, which registers a command for it")
			return
		}
	}
}
