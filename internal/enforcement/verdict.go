package enforcement

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Bounds of what is told of a rule.
const (
	maxRule  = 100 // bytes of its slug
	maxTitle = 300 // bytes of its title
	// MaxHeader is the most that a verdict's header takes.
	MaxHeader = 16 + maxRule + 12*maxTitle
)

// Verdict is what is answered about a tool call.
type Verdict struct {
	Decision string // semconv.DecisionNone, DecisionAsk or DecisionDeny
	Rule     string // slug of the rule that decided; "" where none did
	Title    string // of that rule
	Unjudged string // why nobody could judge the call; "" when somebody did
}

// Reason is what the record says as the reason: the rule, or why there is no
// verdict.
func (v Verdict) Reason() string {
	if v.Unjudged != "" {
		return v.Unjudged
	}
	return slug(v.Rule)
}

// Header is the verdict as an HTTP header's value, in ASCII without control
// characters: deny fs-delete-root "Deletes the root directory".
func (v Verdict) Header() string {
	rule := slug(v.Rule)
	if rule == "" {
		rule = "-"
	}
	return v.Decision + " " + rule + " " + strconv.QuoteToASCII(line(v.Title))
}

// ParseHeader reads what Header wrote; ok is false when it is anything else.
func ParseHeader(text string) (v Verdict, ok bool) {
	if len(text) > MaxHeader {
		return Verdict{}, false
	}
	decision, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	rule, quoted, _ := strings.Cut(rest, " ")
	title, err := strconv.Unquote(quoted)
	if err != nil || quoted[0] != '"' {
		return Verdict{}, false
	}
	switch decision {
	case semconv.DecisionNone, semconv.DecisionAsk, semconv.DecisionDeny:
	default:
		return Verdict{}, false
	}
	if rule == "-" {
		rule = ""
	} else if rule != slug(rule) || rule == "" {
		return Verdict{}, false
	}
	return Verdict{Decision: decision, Rule: rule, Title: line(title)}, true
}

// answer is what Claude Code reads of a PreToolUse hook.
type answer struct {
	Output struct {
		Event    string `json:"hookEventName"`
		Decision string `json:"permissionDecision"`
		Reason   string `json:"permissionDecisionReason"`
	} `json:"hookSpecificOutput"`
}

// Output is the answer to Claude Code, nil when there is nothing to say. It never
// allows: that would skip the questions that Claude Code itself asks the user.
func (v Verdict) Output() []byte {
	if v.Decision != semconv.DecisionAsk && v.Decision != semconv.DecisionDeny {
		return nil
	}
	var a answer
	a.Output.Event, a.Output.Decision, a.Output.Reason = semconv.HookPreToolUse, v.Decision, v.text()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(a) != nil {
		return nil // texts alone can be encoded
	}
	return b.Bytes()
}

// text is the reason, for the user and the agent. It is made of fixed texts: of a
// rule's, and of ours, never of what the agent wrote.
func (v Verdict) text() string {
	switch v.Unjudged {
	case "":
		if v.Title == "" {
			return "A security rule of agent-telemetry is against this tool call (rule " + slug(v.Rule) + ")."
		}
		return "A security rule of agent-telemetry is against this tool call: " + line(v.Title) + " (rule " + slug(v.Rule) + ")."
	case semconv.ReasonCut:
		return "agent-telemetry cannot judge this tool call: its command is too long. Enforcement is set not to let pass what cannot be judged."
	case semconv.ReasonUndecodable:
		return "agent-telemetry cannot judge this tool call: it cannot be read. Enforcement is set not to let pass what cannot be judged."
	}
	return "agent-telemetry, which records and judges tool calls, did not answer in time. Enforcement is set not to let pass what cannot be judged; `agent-telemetry doctor` tells the user what is wrong."
}

// slug keeps what a rule's slug has.
func slug(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
			return r
		}
		return -1
	}, s[:min(len(s), maxRule)])
	if s == "-" {
		return ""
	}
	return s
}

// line is a text in one line, bounded, without what could steer a terminal or
// change the order of what is read.
func line(s string) string {
	if len(s) > maxTitle {
		s = s[:maxTitle]
		for len(s) > 0 && !utf8.RuneStart(s[len(s)-1]) {
			s = s[:len(s)-1]
		}
		if r, n := utf8.DecodeLastRuneInString(s); r == utf8.RuneError && n <= 1 && len(s) > 0 {
			s = s[:len(s)-1]
		}
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?")))
}
