package page

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/agent-telemetry/agent-telemetry/internal/auditverify"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/report"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// allowed are the elements that the templates have.
var allowed = strings.Fields(`html head meta title style body a header p h1 h2 h3 span dl dt dd div strong nav ul li main section figure figcaption b i svg line g rect path text
	table caption thead tbody tr th td small code pre footer script`)

// check reads a page as a browser does, and returns what text got out of its place.
func check(page []byte, o Options) error {
	var csp, style, script string
	z := html.NewTokenizer(bytes.NewReader(page))
	raw := ""
	titles := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			if !errors.Is(z.Err(), io.EOF) {
				return z.Err()
			}
			if !strings.Contains(csp, "style-src "+hashOf(style)+";") {
				return fmt.Errorf("the policy does not name the style: %s", csp)
			}
			if o.Print != (script == "") || !o.Print && !strings.Contains(csp, "script-src "+hashOf(script)) {
				return fmt.Errorf("the policy does not name the script: %s", csp)
			}
			if !strings.HasPrefix(csp, "default-src 'none'; ") || strings.Contains(csp, "unsafe") {
				return fmt.Errorf("the policy is %s", csp)
			}
			return nil
		case html.TextToken:
			switch text := string(z.Text()); raw {
			case "style":
				style += text
			case "script":
				script += text
			default:
				if at := strings.IndexFunc(text, func(r rune) bool {
					return r != '\n' && r != '‑' && strings.ContainsRune(long(string(r)), '\\') && r != '\\'
				}); at >= 0 {
					return fmt.Errorf("a character that is not seen: %q", text)
				}
			}
			raw = ""
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			raw = t.Data
			if !contains(allowed, t.Data) {
				return fmt.Errorf("an element <%s>", t.Data)
			}
			if t.Data == "title" {
				titles++
			}
			for _, a := range t.Attr {
				switch {
				case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "src", a.Key == "srcdoc":
					return fmt.Errorf("an attribute %s", a.Key)
				case a.Key == "href" && !regexp.MustCompile(`^(#[a-z]+|data:application/json;base64,[A-Za-z0-9+/=]+)$`).MatchString(a.Val):
					return fmt.Errorf("a link to %q", a.Val)
				case a.Key == "content" && strings.Contains(a.Val, "default-src"):
					csp = a.Val
				case a.Key == "http-equiv" && a.Val != "Content-Security-Policy":
					return fmt.Errorf("a meta of %s", a.Val)
				}
			}
		}
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// caseOf is a case file in which a text stands wherever one can stand.
func caseOf(s string) *report.CaseFile {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	code := int64(1)
	tool := &story.Tool{
		Name: s, ID: s, Outcome: s, Duration: 5, Error: s, ExitCode: &code, Message: s, File: s, Change: true, Command: s, URL: s, Pattern: s, MCPServer: s, MCPTool: s,
		Description: s, HashBefore: s, HashAfter: s, Rules: []string{s}, Added: 1, Outside: true,
	}
	file := *tool
	file.Command, file.Outcome = "", story.OutcomeOK
	alert := &story.Alert{
		ID: s, Severity: s, Rule: s, Title: s, Evidence: []string{s, s}, Attack: []string{s}, Response: s,
		Acknowledged: &story.Acknowledgement{Time: at, By: s, Reason: s, FromAgent: true},
	}
	touch := coordination.Touch{AgentID: s, AgentType: s, Call: s, Time: at}
	together := &coordination.Session{
		Delegations:     []coordination.Delegation{{ID: s, AgentID: s, AgentType: s, ParentID: s, Outcome: s, Tokens: 1 << 62}},
		Conflicts:       []coordination.Conflict{{ID: s, File: s, Kind: s, First: touch, Second: touch, Gap: 1 << 62, Base: s}},
		Repeated:        []coordination.Repeat{{ID: s, Kind: s, Target: s, Detail: s, First: touch, Second: touch, Times: -1}},
		Types:           []coordination.TypeShare{{Type: s, Share: math.NaN(), Own: -1}, {Type: s, Share: math.Inf(1)}},
		Efficiency:      coordination.Efficiency{Efficiency: math.NaN(), Parallelism: math.Inf(-1), Work: 1 << 62},
		Recommendations: []coordination.Recommendation{{ID: s, Rule: s, Title: s, Numbers: []coordination.Number{{Name: s, Value: math.Inf(1), Unit: s}, {Name: s, Value: math.NaN(), Unit: "ms"}}, Evidence: []coordination.Evidence{{Text: s, AgentID: s, AgentType: s, Call: s, File: s, Time: at}}, EvidenceAll: 99, Unknown: []string{s}}},
		ConflictCount:   1000, RepeatCount: 1000,
	}
	return &report.CaseFile{
		By: s, Made: at, Session: story.Session{ID: s, Project: s, ProjectPath: s, Host: s, User: s, Claude: s, Start: at, End: at.Add(time.Hour)},
		Missing: 1,
		Agents: []story.Agent{
			{ID: s, Type: s, Description: s, Depth: 2, Start: at, End: at.Add(time.Hour), Background: true}, {ID: s + "1", Type: s, Parent: s, Link: s, Start: at}, {ID: "x", Type: s, Parent: s + "?"},
		},
		Coordination: together,
		Audit:        report.Audit{Directory: s, Damaged: s, Records: 1},
		Entries: []story.Entry{
			{Kind: story.KindSession, Time: at, Event: s, Text: s},
			{Kind: story.KindPrompt, Time: at, Text: s, AgentID: s, AgentType: s},
			{Kind: story.KindTool, Time: at, Tool: tool, Depth: 9},
			{Kind: story.KindTool, Time: at.Add(time.Minute), Tool: &file},
			{Kind: story.KindTool, Time: at.Add(time.Minute), Tool: tool, AgentID: s, Event: s},
			{Kind: story.KindTool, Time: at.Add(time.Minute), Tool: &file, AgentID: s, Event: s},
			{Kind: story.KindTurn, Time: at.Add(2 * time.Minute), Event: s},
			{Kind: story.KindAlert, Time: at, Alert: alert},
			{Kind: story.KindPermission, Time: at, Tool: tool},
			{Kind: story.KindNote, Time: at, Event: s, Text: s},
			{Kind: story.KindGap, Time: at, Gap: &story.Gap{First: 1, Last: 2, Missing: 2}},
			{Kind: story.Kind(s), Time: at, Text: s},
			{Kind: story.KindAlert, Time: at},
			{Kind: story.KindTool, Time: at},
			{Kind: story.KindGap, Time: at},
		},
		Integrity: report.Integrity{
			Error: s, Reason: s, KeyFile: s, Used: 2, Proven: 1,
			Verify: &auditverify.Report{
				Verdict: auditverify.Tampered, Reason: s, Directory: s, Origin: s, Key: s, FirstBad: &auditverify.Finding{Message: s},
				LastGoodCheckpoint: &auditverify.CheckpointRef{Size: 3, Root: "00"}, Checks: []auditverify.CheckResult{{Check: "lines", Status: auditverify.Fail, Asks: "asks", Summary: s}},
			},
			Against: &auditverify.Pack{Origin: s, VKey: s, Checkpoint: s + "\n" + s, Keys: []string{s}},
		},
		Proofs: []report.CaseProof{{Of: s, Seq: 1, Proof: &auditverify.Proof{Line: []byte(s), Checkpoint: s}}},
	}
}

var seeds = []string{
	"plain", "", `<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `</style></title></script><script>alert(1)</script>`, "javascript:alert(1)",
	"{{.Script}}{{template \"head\" .}}", "\u202e\u2066\u200b\ufeff\x00\x1b[31m", "<!--", "]]>", "`${alert(1)}`", "' onmouseover=alert(1) x='", "\xff\xfe", "data:text/html,x",
	"--><svg onload=alert(1)>", "&lt;script&gt;", "critical\" onclick=\"x", "/p/../../x", strings.Repeat("<b>", 2000),
}

func TestHostileTexts(t *testing.T) {
	for _, s := range seeds {
		for _, o := range []Options{{}, {Print: true}} {
			var b bytes.Buffer
			require.NoError(t, WriteSession(&b, caseOf(s), o))
			require.NoError(t, check(b.Bytes(), o), "%.100q", s)
		}
	}
}

// FuzzSession puts any text wherever one can stand.
func FuzzSession(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var b bytes.Buffer
		if err := WriteSession(&b, caseOf(s), Options{}); err != nil {
			t.Fatal(err)
		}
		if err := check(b.Bytes(), Options{}); err != nil {
			t.Fatal(err)
		}
	})
}

// TestCutIsSaid: of a text of a mebibyte a part is shown, and that it is a part.
func TestCutIsSaid(t *testing.T) {
	s := strings.Repeat("x", 8192)
	require.Contains(t, cut(s, 1<<20), "1,048,576 bytes")
	require.Empty(t, cut("short", 5))
	require.LessOrEqual(t, len(long(s)), longText)
	require.True(t, strings.HasSuffix(long(s), "…"))
	var b bytes.Buffer
	require.NoError(t, WriteSession(&b, caseOf(strings.Repeat("y", 1<<20)), Options{}))
	c := caseOf("y")
	c.Proofs = nil
	var small bytes.Buffer
	require.NoError(t, WriteSession(&small, c, Options{}))
	proof, err := json.Marshal(caseOf(strings.Repeat("y", 1<<20)).Proofs[0].Proof)
	require.NoError(t, err)
	require.Less(t, b.Len(), small.Len()+2*len(proof)+100_000, "what is shown of a long text is bounded")
}

func TestWords(t *testing.T) {
	require.Equal(t, "1,234,567", number(1234567))
	require.Equal(t, "−1,234", number(-1234))
	require.Equal(t, "999", number(999))
	require.Equal(t, "–", number((*int64)(nil)))
	require.Equal(t, "18446744073709551615", number(uint64(1<<64-1)))
	for d, want := range map[time.Duration]string{
		0: "0 ms", 1500 * time.Millisecond: "1.5 s", 42 * time.Second: "42 s", 61 * time.Second: "1 min 1 s", time.Hour: "1 h", 90 * time.Minute: "1 h 30 min",
		50 * time.Hour: "2 d 2 h", -1: "–",
	} {
		require.Equal(t, want, span(d))
	}
	day := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	require.Equal(t, "2026-11-01 to 2026-11-30", period(day, day.AddDate(0, 1, 0)))
	require.Equal(t, "2026-11-01", period(day, day.AddDate(0, 0, 1)))
	require.Equal(t, "2026-11-01 00:00 to 2026-11-01 12:00", period(day, day.Add(12*time.Hour)))
	require.Equal(t, "the beginning to 2026-11-01 00:00", period(time.Time{}, day))
	require.Equal(t, "src/a.go", file("/p/src/a.go", "/p/"))
	require.Equal(t, "/etc/passwd", file("/etc/passwd", "/p"))
	require.Equal(t, "No anchor.", sentence("no anchor"))
	require.Equal(t, ".", sentence(""))
	require.Equal(t, "2 queries", plural(2, "query"))
}

// TestChoice: of too many rows those that matter are shown, in order.
func TestChoice(t *testing.T) {
	c := choice[int]{limit: 3, more: func(a, b *int) int { return *b - *a }}
	for i := range 10_000 {
		n := i * 7919 % 10_007
		require.NoError(t, c.add(&n))
		require.LessOrEqual(t, len(c.kept), 3*2+100)
	}
	require.Equal(t, 10_000, c.all)
	got := c.ordered(func(a, b *int) int { return *a - *b })
	require.Len(t, got, 3)
	require.Greater(t, got[0], 9990)
	require.Less(t, got[0], got[2])
}
