package detection

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/detection/facts"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// maxCaseBytes is the longest line of a file of cases.
const maxCaseBytes = 4 << 20

// Case is a labelled command, a line of a JSONL file. Other fields are ignored.
type Case struct {
	Command  string `json:"command"`
	Label    string `json:"label"` // malicious or benign
	Category string `json:"category"`
	Tier     string `json:"tier"`
	// Evasion are the ways in which it hides; it may be one text, a list or null.
	Evasion evasions `json:"evasion"`
	Dir     string   `json:"cwd"`
}

type evasions []string

func (e *evasions) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*e = nil
		if one != "" {
			*e = evasions{one}
		}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(e))
}

// ReadCases gives the cases of a JSONL file, in order. It ends at the first error,
// which names the line.
func ReadCases(r io.Reader) iter.Seq2[Case, error] {
	return func(yield func(Case, error) bool) {
		s := bufio.NewScanner(r)
		s.Buffer(make([]byte, 64<<10), maxCaseBytes)
		for line := 1; s.Scan(); line++ {
			if len(bytes.TrimSpace(s.Bytes())) == 0 {
				continue
			}
			var c Case
			if err := json.Unmarshal(s.Bytes(), &c); err != nil {
				yield(c, fmt.Errorf("line %d: %w", line, err))
				return
			}
			if !yield(c, nil) {
				return
			}
		}
		if err := s.Err(); err != nil {
			if errors.Is(err, bufio.ErrTooLong) {
				err = fmt.Errorf("a line has more than %d bytes", maxCaseBytes)
			}
			yield(Case{}, err)
		}
	}
}

// CaseResult is what the rules say of a case. An alert counts from medium up.
type CaseResult struct {
	Command     string       `json:"command"`
	Alerted     bool         `json:"alerted"`
	MaxSeverity string       `json:"max_severity,omitempty"`
	Severities  []string     `json:"severities"` // of the matches, in the order of Rules
	Rules       []string     `json:"rules"`      // slugs
	RuleIDs     []string     `json:"rule_ids"`
	Evidence    []string     `json:"evidence,omitempty"` // of the first match with the highest severity
	Facts       *facts.Facts `json:"-"`
}

// caseContext is where the commands of cases run.
func caseContext(dir string) facts.Context {
	c := facts.Context{Dir: testProject, Home: testHome, Project: testProject, StateDir: testState}
	if strings.HasPrefix(dir, "/") {
		c.Dir, c.Project = dir, dir
	}
	return c
}

// JudgeCommand makes the facts of a command line that is to run in a directory ("" is
// some project's), and judges them.
func (rs *Ruleset) JudgeCommand(command, dir string) (*facts.Facts, []Match) {
	c := caseContext(dir)
	f := facts.FromCommand(command, c)
	f.Event.Type, f.Event.HookEvent, f.Event.Tool, f.Event.Project = semconv.EventCommandExecution, "PreToolUse", "Bash", c.Project
	return f, rs.Judge(f, Session{})
}

// JudgeCase says what the rules say of a case.
func (rs *Ruleset) JudgeCase(c Case) CaseResult {
	f, matches := rs.JudgeCommand(c.Command, c.Dir)
	r := CaseResult{Command: c.Command, Severities: []string{}, Rules: []string{}, RuleIDs: []string{}, Facts: f}
	for _, m := range matches {
		r.Severities = append(r.Severities, m.Severity)
		r.Rules = append(r.Rules, m.Rule.Slug)
		r.RuleIDs = append(r.RuleIDs, m.Rule.ID)
		if securityalert.Rank(m.Severity) > securityalert.Rank(r.MaxSeverity) {
			r.MaxSeverity, r.Evidence = m.Severity, m.Evidence
		}
	}
	r.Alerted = securityalert.Rank(r.MaxSeverity) >= securityalert.Rank(semconv.SeverityMedium)
	return r
}
