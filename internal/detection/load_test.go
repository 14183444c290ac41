package detection

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/detection/facts"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// one is a user's rule, with more lines of it.
func one(slug string, lines ...string) string {
	id := fmt.Sprintf("%08x-0000-4000-8000-000000000000", len(slug)*7919+int(slug[0])*256+int(slug[len(slug)-1]))
	return "  - id: " + id + "\n    slug: " + slug + "\n    title: A rule\n    severity: high\n" +
		"    " + strings.Join(lines, "\n    ") + "\n"
}

func user(text string) Source {
	return Source{Name: "user.yaml", Data: []byte("version: 1\n" + text), User: true}
}

func mustLoad(t testing.TB, sources ...Source) *Ruleset {
	t.Helper()
	rs, faults := Load(sources...)
	require.NoError(t, faults.Err())
	return rs
}

func TestEveryFaultIsNamedWithItsLine(t *testing.T) {
	const bad = `version: 1
rules:
  - id: nonsense
    slug: Not A Slug
    title: ""
    severity: huge
    risk_score: 101
    status: odd
    enforce: kill
    attack: [X1]
    atlas: [AML.X]
    any:
      - act:git.discrad
      - path:look:system
      - flow:secret>moon
      - session:mood
      - nothing
    condition: |
      acts.exists(a,
        a.kindd == 'x')
    escalate:
      - if: 1 + 1
        severity: low
      - severity: odd
    evidence: [moods]
    suppress:
      key: [mood]
      window: 10m
    exceptions:
      - owner: me
        expires: tomorrow
        command: "*"
  - id: 00000000-0000-4000-8000-000000000001
    slug: second
    title: t
    severity: low
    colour: red
    any: [act:fork.bomb]
    suppress: {window: never}
    tests:
      match:
        - {command: ls, smell: bad}
        - {command: ls, session: {mood: 1}}
overrides:
  - slug: second
    severity: odd
    enforce: odd
`
	rs, faults := Load(Source{Name: "user.yaml", Data: []byte(bad), User: true})
	require.Nil(t, rs)
	all := make([]string, 0, len(faults))
	for _, f := range faults {
		all = append(all, f.Error())
	}
	text := strings.Join(all, "\n")
	for _, want := range []string{
		"user.yaml:3: rule Not A Slug: id:", "user.yaml:4: rule Not A Slug: slug:", "user.yaml:5: rule Not A Slug: title:",
		"user.yaml:6: rule Not A Slug: severity:", "user.yaml:7: rule Not A Slug: risk_score:", "user.yaml:8: rule Not A Slug: status:",
		"user.yaml:9: rule Not A Slug: enforce:", "user.yaml:10: rule Not A Slug: attack:", "user.yaml:11: rule Not A Slug: atlas:",
		`user.yaml:13: rule Not A Slug: any: key "act:git.discrad": "git.discrad" is no act`,
		`user.yaml:14: rule Not A Slug: any: key "path:look:system"`, `user.yaml:15: rule Not A Slug: any: key "flow:secret>moon"`,
		`user.yaml:16: rule Not A Slug: any: key "session:mood"`, `user.yaml:17: rule Not A Slug: any: "nothing"`,
		"user.yaml:20: rule Not A Slug: condition: undefined field 'kindd'",
		"user.yaml:22: rule Not A Slug: escalate: if: the expression gives int", "user.yaml:24: rule Not A Slug: escalate: severity:",
		"user.yaml:24: rule Not A Slug: escalate: if: a condition is wanted", "user.yaml:25: rule Not A Slug: evidence:",
		"user.yaml:27: rule Not A Slug: suppress:", "user.yaml:30: rule Not A Slug: exceptions: owner, reason and expires",
		"user.yaml:30: rule Not A Slug: exceptions: command:", `user.yaml:30: rule Not A Slug: exceptions: expires: "tomorrow"`,
		"user.yaml:37: field colour not found", `user.yaml:39: "never" is no time`, "user.yaml:42: field smell not found",
		`user.yaml:43: a session has no "mood"`, "user.yaml:46: rule second: severity:", "user.yaml:47: rule second: enforce:",
	} {
		assert.Contains(t, text, want)
	}
	for i := 1; i < len(faults); i++ {
		assert.LessOrEqual(t, faults[i-1].Line, faults[i].Line, "in the order of lines")
	}
}

func TestOursMustBeComplete(t *testing.T) {
	_, faults := Load(Source{Name: "ours.yaml", Data: []byte("version: 1\nrules:\n" + one("bare", "any: [act:fork.bomb]"))})
	text := faults.Error()
	for _, want := range []string{"version:", "category:", "risk_score:", "description:", "attack:", "references:", "false_positives:", "response:", "tests:"} {
		assert.Contains(t, text, want)
	}
}

func TestFormsThatAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"no YAML":          "rules: [",
		"alias":            "a: &x [1]\nb: *x\n",
		"two documents":    "rules: []\n---\nrules: []\n",
		"tabs":             "\trules:",
		"deep":             "rules: " + strings.Repeat("[", 40) + strings.Repeat("]", 40),
		"another version":  "",
		"a control":        "rules: [\x01]",
		"a list at top":    "- a\n",
		"rules are a text": "rules: no\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := Source{Name: "x", Data: []byte("version: 1\n" + text), User: true}
			if name == "another version" {
				s.Data = []byte("version: 2\n")
			}
			if name == "a list at top" || name == "tabs" {
				s.Data = []byte(text)
			}
			_, faults := Load(s)
			require.Error(t, faults.Err())
		})
	}
	_, faults := Load(Source{Name: "big", Data: make([]byte, MaxFileBytes+1)})
	require.ErrorContains(t, faults.Err(), "more than")
	_, faults = Load(Source{Name: "empty", User: true})
	require.NoError(t, faults.Err(), "an empty file has no rules")
}

func TestTwoRulesOfOneName(t *testing.T) {
	a := Source{Name: "a.yaml", Data: []byte("version: 1\nrules:\n" + one("x", "any: [act:fork.bomb]")), User: true}
	b := Source{Name: "b.yaml", Data: []byte("version: 1\nrules:\n" + one("x", "any: [act:fork.bomb]")), User: true}
	_, faults := Load(a, b)
	require.ErrorContains(t, faults.Err(), "b.yaml:3: rule x: slug: a.yaml:3 has it, too")
}

var gitFacts = &facts.Facts{
	Event: facts.Event{Type: "command_execution", Command: "git reset --hard", Session: "s", Project: "/p/x"},
	Acts:  []facts.Act{{Kind: "git.discard", Program: "git", Detail: "reset --hard"}},
}

func TestOverrides(t *testing.T) {
	rules := user("rules:\n" + one("git", "any: [act:git.discard]", "enforce: ask", "escalate: [{if: 'true', severity: critical}]") +
		one("other", "any: [act:git.*]"))
	over := user(`overrides:
  - slug: git
    severity: low
    enforce: none
    suppress: {key: [project], window: 1h}
  - slug: other
    disabled: true
    reason: noise
  - slug: gone
    severity: low
`)
	rs := mustLoad(t, rules)
	m := rs.Judge(gitFacts, Session{})
	require.Len(t, m, 2)
	assert.Equal(t, semconv.SeverityCritical, m[0].Severity, "escalated")
	assert.Equal(t, []string{"git.discard: git reset --hard"}, m[0].Evidence)

	rs, faults := Load(rules, over)
	require.NoError(t, faults.Err())
	require.Len(t, faults, 1)
	assert.True(t, faults[0].Warning)
	assert.Contains(t, faults[0].Text, "no such rule")
	m = rs.Judge(gitFacts, Session{})
	require.Len(t, m, 1)
	assert.Equal(t, semconv.SeverityLow, m[0].Severity)
	assert.Equal(t, 20, m[0].Risk)
	assert.Empty(t, m[0].Rule.Enforce)
	assert.Equal(t, time.Hour, m[0].Rule.SuppressFor())
	x := rs.Explain(gitFacts, Session{})
	assert.Equal(t, []string{OutcomeMatched, OutcomeDisabled}, []string{x[0].Outcome, x[1].Outcome})

	_, faults = Load(Source{Name: "ours", Data: over.Data})
	require.ErrorContains(t, faults.Err(), "only a user's file")
}

func TestExceptions(t *testing.T) {
	day := time.Date(2026, 12, 31, 23, 0, 0, 0, time.UTC)
	rules := func(fields string) Source {
		return user("rules:\n" + one("git", "any: [act:git.discard, path:write:system]", "exceptions:",
			"  - {owner: me, reason: why, expires: 2026-12-31, "+fields+"}"))
	}
	judge := func(now time.Time, f *facts.Facts, fields string) (int, Faults) {
		rs, faults := load(func() time.Time { return now }, []Source{rules(fields)})
		require.NoError(t, faults.Err())
		return len(rs.Judge(f, Session{})), faults
	}
	count := func(f *facts.Facts, fields string) int {
		n, _ := judge(day, f, fields)
		return n
	}
	assert.Zero(t, count(gitFacts, "project: /p/*"))
	assert.Zero(t, count(gitFacts, "project: /p/*, command: 'git reset *'"))
	assert.Equal(t, 1, count(gitFacts, "project: /q/*, command: 'git reset *'"), "all must fit")
	assert.Equal(t, 1, count(gitFacts, "project: /*"), "* stops at /")

	more := *gitFacts
	more.Event.Command = "git reset --hard; rm -rf /"
	assert.Equal(t, 1, count(&more, "command: 'git reset *'"), "nothing can be hung on")
	more.Event.Command = "git reset $(rm -rf /)"
	assert.Equal(t, 1, count(&more, "command: 'git reset *'"))

	write := &facts.Facts{Paths: []facts.Path{{Path: "/etc/motd", Access: "write", Class: "system"}}}
	assert.Zero(t, count(write, "path: /etc/mo*"))
	write.Paths = append(write.Paths, facts.Path{Path: "/etc/shadow", Access: "write", Class: "system"})
	assert.Equal(t, 1, count(write, "path: /etc/mo*"), "every path must fit")
	write.Paths = write.Paths[:1]
	write.Acts = gitFacts.Acts
	assert.Equal(t, 1, count(write, "path: /etc/mo*"), "an act is no path")

	n, faults := judge(day.Add(2*time.Hour), gitFacts, "project: /p/*")
	assert.Equal(t, 1, n, "expired")
	require.Len(t, faults, 1)
	assert.Contains(t, faults[0].Error(), "user.yaml:9: rule git: exceptions: that of me has expired on 2026-12-31")
	rs, _ := load(func() time.Time { return day }, []Source{rules("project: /p/*")})
	assert.Empty(t, rs.Judge(gitFacts, Session{}))
	rs.now = func() time.Time { return day.AddDate(0, 0, 1) }
	assert.Len(t, rs.Judge(gitFacts, Session{}), 1, "it expires while the rules are in use")
}

func FuzzLoad(f *testing.F) {
	f.Add(string(Defaults().Data[:4096]))
	f.Add("version: 1\nrules:\n" + one("x", "any: [act:fork.bomb]", "condition: acts.exists(a, a.kind.matches('(a+)+$'))"))
	f.Add("version: 1\noverrides: [{slug: x, disabled: true}]")
	f.Add("version: 1\nrules: [{tests: {match: [{session: {a: b}}]}}]")
	f.Add("a: &a [*a]")
	f.Fuzz(func(_ *testing.T, text string) {
		rs, faults := Load(Source{Name: "f", Data: []byte(text), User: true})
		if (rs == nil) != (faults.Err() != nil) {
			panic("rules and faults do not agree")
		}
		if rs != nil {
			rs.Judge(gitFacts, Session{})
			rs.Explain(gitFacts, Session{})
		}
	})
}
