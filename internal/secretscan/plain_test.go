package secretscan

import (
	"bytes"
	"context"
	"encoding/base64"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/redact"
	"github.com/agent-telemetry/agent-telemetry/internal/secretscan/secretcorpus"
)

// What Clean does in one pass, done plainly: it must not make a difference.

// plainly is Scanner.clean without its short cuts: the fast set first, by itself, then
// each keyword of each rule at each place.
func plainly(s *Scanner, text string, mode Mode, report Report, depth int) string {
	fast := redact.Text
	if mode == Path {
		fast = redact.Path
	}
	text, n := fast(text)
	if n > 0 {
		report.Secrets("fast", n)
	}
	bare := redact.Unmarked(text)
	if !hasCandidate(bare) {
		return text
	}
	rules := plainRules(s, bare, mode)
	decode := depth < maxDepth && plainlyEncoded(bare)
	if !rules.empty() {
		found, err := s.find.in(context.Background(), bare, rules, mode)
		if err != nil {
			panic(err)
		}
		for _, hit := range found {
			if text, n = replace(text, hit); n > 0 {
				report.Secrets(hit.rule, n)
			}
		}
	}
	if decode {
		text = decoded(text, func(inner string) string { return plainly(s, inner, mode, report, depth+1) })
	}
	return text
}

func plainRules(s *Scanner, text string, mode Mode) (rules ruleSet) {
	g := s.find.(*gitleaks)
	general := map[string]bool{}
	for n := range g.rules {
		for _, word := range g.rules[n].Keywords {
			if word = strings.ToLower(word); g.rules[n].RuleID != generic {
				general[word] = false
			} else if _, known := general[word]; !known {
				general[word] = true
			}
		}
	}
	low := bytes.Clone([]byte(text))
	for i, c := range low {
		if 'A' <= c && c <= 'Z' {
			low[i] += 'a' - 'A'
		}
	}
	for n := range g.rules {
		for _, word := range g.rules[n].Keywords {
			word = strings.ToLower(word)
			w := keyword{text: word, general: general[word]}
			for _, start := range tokenStarts {
				w.start = w.start || start == word
			}
			for at, next := 0, 0; next >= 0; at += next + 1 {
				if next = bytes.Index(low[min(at, len(low)):], []byte(word)); next >= 0 && w.counts(text, at+next, mode) {
					rules.add(n)
				}
			}
		}
	}
	return rules
}

var isBase64 = table("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")

func plainlyEncoded(text string) bool {
	for at := 0; ; {
		start, end := plainRun(text, at)
		if start < 0 {
			return false
		}
		if shift, _ := plainShift(text[start:end]); shift >= 0 {
			return true
		}
		at = end
	}
}

func plainRun(text string, at int) (start, end int) {
	for at < len(text) {
		for at < len(text) && !isBase64[text[at]] {
			at++
		}
		start = at
		for line := at; ; line = at {
			for at < len(text) && isBase64[text[at]] {
				at++
			}
			if at-line < minLine || (at-line)%4 != 0 || at+1 >= len(text) || text[at] != '\n' || !isBase64[text[at+1]] {
				break
			}
			at++
		}
		if at-start >= minEncoded {
			return start, at
		}
	}
	return -1, -1
}

func plainShift(word string) (int, *base64.Encoding) {
	if strings.Trim(word, "0123456789abcdefABCDEF-") == "" {
		return -1, nil
	}
	enc := base64.RawStdEncoding
	if strings.ContainsAny(word, "-_") {
		if strings.ContainsAny(word, "+/") {
			return -1, nil
		}
		enc = base64.RawURLEncoding
	}
	for shift := 0; shift < 4 && len(word)-shift >= peek; shift++ {
		head, err := enc.DecodeString(word[shift : shift+peek])
		if err == nil && (isText(head) || isWide(head)) {
			return shift, enc
		}
	}
	return -1, nil
}

// requirePlain holds that both ways find the same in text, and tell the same.
func requirePlain(t *testing.T, text string) {
	t.Helper()
	for _, mode := range []Mode{Text, Path} {
		want, got := &tally{}, &tally{}
		clean := text
		if len(text) >= minSecret {
			clean = plainly(loaded, text, mode, want, 0)
		}
		require.Equal(t, clean, loaded.Clean(context.Background(), text, mode, got), "%q", text)
		require.Equal(t, want.rules, got.rules, "%q", text)
		require.Empty(t, got.unsearched)
	}
	for at := 0; ; {
		start, end, has := nextRun(text, at)
		wantStart, wantEnd := plainRun(text, at)
		require.Equal(t, []int{wantStart, wantEnd}, []int{start, end}, "%q from %d", text, at)
		if start < 0 {
			break
		}
		shift, enc := shiftOf(text[start:end], has)
		wantShift, wantEnc := plainShift(text[start:end])
		require.Equal(t, wantShift, shift, "%q", text[start:end])
		require.Equal(t, wantEnc, enc, "%q", text[start:end])
		at = end
	}
}

// idTexts are texts that each event has a dozen of, and what nearly is one.
var idTexts = []string{
	"01a21e37-f940-7ed5-88c6-a2d2b1ea8654", "cba40eacb5e327257f8d70a313ab2a3b9da16847f3230325412aeabf1ffd605f", "toolu_01vxK2e1bmDGp0izlGras644",
	"2026-11-27T18:15:14.496419204Z", "/home/dev/.claude/projects/-srv-shop/3f2504e0-4f89-41d3-9a0c-0305e82c3301.jsonl", "github.com/agent-telemetry/agent-telemetry/hookexporter",
	"4b1d" + "0123456789abcdef0123456789abcdef012345", "a3-012345-01234567890-01234-01234-01234", "A3-012345-01234567890-01234-01234-01234", "eaaa" + "0123456789abcdef01234567890",
}

func TestTheOnePassMakesNoDifference(t *testing.T) {
	redact.UseKey(filepath.Join(t.TempDir(), "redaction.key"))
	t.Cleanup(func() { redact.UseKey("") })
	for _, kind := range secretcorpus.Kinds() {
		for _, sample := range kind.Samples() {
			requirePlain(t, sample.Text)
			clean := loaded.Clean(context.Background(), sample.Text, Text, &tally{})
			requirePlain(t, clean)
		}
	}
	for _, text := range slices.Concat(idTexts, ordinary) {
		requirePlain(t, text)
	}
}

// FuzzPlain compares both ways on any text, beside a secret or a mark.
func FuzzPlain(f *testing.F) {
	secrets := []string{"", "[REDACTED:api-key:0123456789abcdef]"}
	for n, k := range secretcorpus.Kinds() {
		secrets = append(secrets, k.Secret)
		f.Add(k.Samples()[n%len(k.Samples())].Text, uint8(0), uint16(0))
	}
	for _, text := range idTexts {
		f.Add(text, uint8(0), uint16(0))
	}
	for n, text := range ordinary {
		f.Add(text, uint8(n), uint16(len(text)/2))
	}
	f.Fuzz(func(t *testing.T, text string, secret uint8, at uint16) {
		if len(text) > 2048 {
			return
		}
		cut := int(at) % (len(text) + 1)
		requirePlain(t, text[:cut]+secrets[int(secret)%len(secrets)]+text[cut:])
	})
}
