package secretscan

import (
	"context"
	"fmt"
	"strconv"

	"github.com/agent-telemetry/agent-telemetry/internal/redact"
)

// MaxText is the longest text in bytes that is searched.
const MaxText = 256 << 10

// maxDepth is how often a text may be base64 in base64.
const maxDepth = 2

// Reason tells why a text was not searched as it should be.
type Reason string

// The reasons.
const (
	TooLarge Reason = "size"
	TooSlow  Reason = "time"
	Failed   Reason = "failure"
)

// Report is told what is done to texts. Its methods are called by the goroutine
// that scans.
type Report interface {
	// Secrets is told how many secrets a rule found.
	Secrets(rule string, n int)
	// Unsearched is told that a text was made safe without a search.
	Unsearched(Reason)
}

// Mode says what a text is.
type Mode int

// The modes.
const (
	// Text may hold anything: a command, an URL, a prompt.
	Text Mode = iota
	// Path is the name of a file: in it, only secrets with a form of their own
	// count, because what looks like an assignment is a name there.
	Path
)

// Scanner finds secrets in texts. It may be used by several goroutines.
type Scanner struct {
	find  finder
	words *keywordSet
	ids   *ids
}

// finder is the search behind the fast set: gitleaks, but in tests of failure.
type finder interface {
	// in returns the secrets of text that rules find. It stops early when ctx
	// ends, and then returns its error.
	in(ctx context.Context, text string, rules ruleSet, mode Mode) ([]secret, error)
}

// secret is one that was found: a part of the text.
type secret struct {
	rule string
	text string
	// match is the text around it that the rule looked at.
	match string
}

// New loads the rules. It takes some 30 ms.
func New() (*Scanner, error) {
	find, err := newGitleaks()
	if err != nil {
		return nil, fmt.Errorf("load secret rules: %w", err)
	}
	ids, err := newIDs(find.rules)
	if err != nil {
		return nil, fmt.Errorf("load secret rules: %w", err)
	}
	return &Scanner{find: find, words: newKeywords(find.rules), ids: ids}, nil
}

// Clean returns text without its secrets. When ctx has ended, it is made safe
// without a search.
func (s *Scanner) Clean(ctx context.Context, text string, mode Mode, report Report) string {
	switch {
	case len(text) < minSecret:
		return text
	case len(text) > MaxText:
		report.Unsearched(TooLarge)
		return redact.Mark("unsearched", text) + " " + strconv.Itoa(len(text)) + " bytes"
	case s.ids.clear(text):
		return text
	}
	return s.clean(ctx, text, mode, report, 0)
}

// minSecret is the shortest text in bytes that can hold a name and a secret.
const minSecret = 8

func (s *Scanner) clean(ctx context.Context, text string, mode Mode, report Report, depth int) string {
	var has found
	s.words.in(text, mode, &has)
	bare := text
	if has.hints != 0 || has.marks {
		var n int
		if text, n = fast(text, has.hints, mode); n > 0 {
			report.Secrets("fast", n)
		}
		if n > 0 || has.marks { // a mark has words of its own
			bare = redact.Unmarked(text)
			has = found{}
			s.words.in(bare, mode, &has)
		}
	}
	decode := depth < maxDepth && hasEncoded(bare)
	if has.rules.empty() && !decode || !hasCandidate(bare) { // base64 of a secret has one, too
		return text
	}
	clean, reason := s.search(ctx, text, has.rules, decode, mode, report, depth)
	if reason != "" {
		report.Unsearched(reason)
		return coarse(text)
	}
	return clean
}

// fast runs the rules of the fast set that a text has hints of.
func fast(text string, hints redact.Hinted, mode Mode) (string, int) {
	if mode == Path {
		return hints.Path(text)
	}
	return hints.Text(text)
}

// search returns text without its secrets, or the reason why it could not be
// searched to the end.
func (s *Scanner) search(ctx context.Context, text string, rules ruleSet, decode bool, mode Mode, report Report, depth int) (clean string, failed Reason) {
	defer func() {
		if recover() != nil {
			clean, failed = "", Failed
		}
	}()
	if !rules.empty() {
		found, err := s.find.in(ctx, redact.Unmarked(text), rules, mode)
		switch {
		case err != nil && ctx.Err() != nil:
			return "", TooSlow
		case err != nil:
			return "", Failed
		}
		for _, hit := range found {
			var n int
			if text, n = replace(text, hit); n > 0 {
				report.Secrets(hit.rule, n)
			}
		}
	}
	if decode {
		text = decoded(text, func(inner string) string { return s.clean(ctx, inner, mode, report, depth+1) })
	}
	return text, ""
}
