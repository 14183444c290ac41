package secretscan

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/zricethezav/gitleaks/v8/config"
	"github.com/zricethezav/gitleaks/v8/detect"
	"github.com/zricethezav/gitleaks/v8/report"

	"github.com/agent-telemetry/agent-telemetry/internal/redact"
)

// Rules of gitleaks that are not asked.
const (
	// privateKey takes everything between two lines as a key; our own takes what
	// has a key's form, so that no command can stand between them.
	privateKey = "private-key"
	// generic goes by the name before a value, which is not one in a path.
	generic = "generic-api-key"
)

// gitleaks is the search with the rules that come with the library.
type gitleaks struct {
	rules []config.Rule
	// detectors has one for each rule, made when it is first asked. One detector
	// of all rules looks for their keywords itself, with a table of 11 MB that
	// takes ten times as long as ours.
	detectors []func() *detect.Detector
}

func newGitleaks() (*gitleaks, error) {
	all, err := detect.NewDetectorDefaultConfig()
	if err != nil {
		return nil, err
	}
	allowed := lean(all.Config.Allowlists) // of the rest nothing must stay in memory
	g := &gitleaks{}
	for id := range all.Config.Rules {
		rule := all.Config.Rules[id]
		if rule.Path != nil || rule.Regex == nil || id == privateKey || len(rule.Keywords) == 0 {
			continue // it asks for the name of a file, or is not ours
		}
		rule.Allowlists = lean(rule.Allowlists)
		g.rules = append(g.rules, rule)
	}
	if len(g.rules) > maxRules {
		return nil, fmt.Errorf("%d rules: at most %d", len(g.rules), maxRules)
	}
	slices.SortFunc(g.rules, func(a, b config.Rule) int { return strings.Compare(a.RuleID, b.RuleID) })
	for _, rule := range g.rules {
		g.detectors = append(g.detectors, sync.OnceValue(func() *detect.Detector {
			rule.Keywords = nil // whoever asks has found one
			d := detect.NewDetector(config.Config{Rules: map[string]config.Rule{rule.RuleID: rule}, Allowlists: allowed})
			// The agent writes the text, and would allow itself everything.
			d.IgnoreGitleaksAllow = true
			return d
		}))
	}
	return g, nil
}

// lean are the same lists without the tables of 8 MB in which the library looks for
// words that no secret has. Without one it takes word after word, which only a text
// that could be a secret has to wait for: some 20 µs.
func lean(lists []*config.Allowlist) []*config.Allowlist {
	var out []*config.Allowlist
	for _, l := range lists {
		if len(l.StopWords) > 0 {
			l = &config.Allowlist{
				Description: l.Description, MatchCondition: l.MatchCondition,
				Commits: l.Commits, Paths: l.Paths, RegexTarget: l.RegexTarget, Regexes: l.Regexes,
				StopWords: l.StopWords,
			}
		}
		out = append(out, l)
	}
	return out
}

func (g *gitleaks) in(ctx context.Context, text string, rules ruleSet, mode Mode) ([]secret, error) {
	var findings []report.Finding
	parted, again := part(text)
	for n := range rules.all {
		if g.rules[n].RuleID == generic && mode == Path {
			continue
		}
		fragments := []string{text}
		if again {
			fragments = append(fragments, parted)
		}
		for _, raw := range fragments {
			findings = append(findings, g.detectors[n]().DetectContext(ctx, detect.Fragment{Raw: raw})...) //nolint:staticcheck // v8 takes no other
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	var found []secret
	for i := range findings {
		f := &findings[i]
		found = append(found, secret{rule: f.RuleID, text: f.Secret, match: f.Match})
	}
	// A longer one may hold a shorter one.
	slices.SortStableFunc(found, func(a, b secret) int { return len(b.text) - len(a.text) })
	return found, nil
}

// part returns text with a space behind each word that could be a secret and is
// followed by a sign of a shell or an URL: most rules want a space, a quote or the
// end there. Every byte stays where it is.
func part(text string) (string, bool) {
	var out []byte
	for start, i := 0, 0; i < len(text); i++ {
		if isWord[text[i]] || text[i] == '.' {
			continue
		}
		if isEnd[text[i]] && i-start >= minWord && hasCandidate(text[start:i]) {
			if out == nil {
				out = []byte(text)
			}
			out[i] = ' '
		}
		start = i + 1
	}
	return string(out), out != nil
}

var isEnd = table("&|<>(){}[],#@:/?!*%")

// everywhere is how long a secret must be, in bytes, to be replaced also where no
// rule found it.
const everywhere = 10

// replace puts a mark in the place of a secret and tells how often. Where the
// shell would begin to do something, the secret ends.
func replace(text string, s secret) (string, int) {
	inert := redact.Inert(s.text)
	if inert == "" {
		return text, 0
	}
	mark := redact.Mark(s.rule, inert)
	if len(inert) >= everywhere {
		return strings.ReplaceAll(text, inert, mark), strings.Count(text, inert)
	}
	match := strings.ReplaceAll(s.match, inert, mark)
	return strings.ReplaceAll(text, s.match, match), strings.Count(text, s.match)
}
