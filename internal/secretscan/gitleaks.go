package secretscan

import (
	"context"
	"slices"
	"strings"

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
type gitleaks struct{ detector *detect.Detector }

func newGitleaks() (*gitleaks, error) {
	d, err := detect.NewDetectorDefaultConfig()
	if err != nil {
		return nil, err
	}
	// The agent writes the text, and would allow itself everything.
	d.IgnoreGitleaksAllow = true
	// Its names of files that need no search are not for us.
	d.MaxDecodeDepth = 0
	return &gitleaks{detector: d}, nil
}

func (g *gitleaks) in(ctx context.Context, text string, mode Mode) ([]secret, error) {
	findings := g.search(ctx, text)
	if parted, ok := part(text); ok {
		findings = append(findings, g.search(ctx, parted)...)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var found []secret
	for i := range findings {
		f := &findings[i]
		if f.RuleID == privateKey || f.RuleID == generic && mode == Path || strings.Contains(f.Secret, "[REDACTED:") {
			continue
		}
		found = append(found, secret{rule: f.RuleID, text: f.Secret, match: f.Match})
	}
	// A longer one may hold a shorter one.
	slices.SortStableFunc(found, func(a, b secret) int { return len(b.text) - len(a.text) })
	return found, nil
}

func (g *gitleaks) search(ctx context.Context, text string) []report.Finding {
	return g.detector.DetectContext(ctx, detect.Fragment{Raw: text}) //nolint:staticcheck // v8 takes no other
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
