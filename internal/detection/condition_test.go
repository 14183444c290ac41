package detection

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/detection/facts"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

func TestConditionsThatAreRefused(t *testing.T) {
	for name, expression := range map[string]string{
		"no bool":               "1",
		"an unknown name":       "mood == 1",
		"a wrong type":          "event.command == 1",
		"a wrong field":         "session.mood > 1",
		"an object":             "Act{kind: 'x'}.kind == 'x'",
		"too long":              "true" + strings.Repeat(" || true", 600),
		"too deep":              strings.Repeat("(", 200) + "true" + strings.Repeat(")", 200),
		"three loops":           "acts.exists(a, acts.exists(b, acts.exists(c, true)))",
		"two loops that cost":   "commands.exists(c, c.args.exists(a, paths.exists(p, p.path == a)))",
		"a bomb of lists":       "[1,2,3,4,5,6,7,8,9].map(a, [a,a,a,a,a,a,a,a,a].map(b, [b,b,b,b,b,b,b,b])).size() > 0 && commands.exists(c, commands.exists(d, c.text.contains(d.text)))",
		"a regex bomb":          "event.command.matches('((a{1,100}){1,100}){1,10}')",
		"a large regex":         "event.command.matches('(a|b|c|d){1,900}x')",
		"a bad regex":           "event.command.matches('(')",
		"a computed regex":      "commands.exists(c, event.command.matches(c.text))",
		"a computed glob":       "commands.exists(c, glob(event.command, c.text))",
		"text put together":     "paths.exists(p, p.path + p.path == 'x')",
		"syntax":                "a ==",
		"macros of macros":      "commands.map(c, commands.map(d, d.args)).size() > 0 && commands.filter(c, commands.filter(d, d.text == c.text).size() > 0).size() > 0 && paths.exists(p, paths.exists(q, q.path.contains(p.path)))",
		"a text that is no end": "'" + strings.Repeat("x", 5000) + "' == event.command",
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			_, err := compile(expression)
			require.Error(t, err)
			require.Less(t, time.Since(began), 10*time.Second)
		})
	}
}

func TestConditionsThatAreAllowed(t *testing.T) {
	f := &facts.Facts{
		Event:    facts.Event{Type: "command_execution", Command: "sudo git reset --hard"},
		Commands: []facts.Command{{Program: "git", Args: []string{"reset", "--hard"}, Wrappers: []string{"sudo"}, Privileged: true}},
		Paths:    []facts.Path{{Path: "/etc/x/y", Access: "write", Class: "system", OutsideProject: true}},
		Net:      []facts.Net{{Host: "x.example", Port: 443, Direction: "upload", Class: "public"}},
		Flows:    []facts.Flow{{From: "secret", To: "network", Detail: "a → b"}},
		Acts:     []facts.Act{{Kind: "git.discard", Program: "git"}},
		Opaque:   []string{"program"},
	}
	s := Session{Calls60s: 7, SecretReadRecently: true, SecretRead: "x"}
	for _, expression := range []string{
		"event.command.startsWith('sudo')",
		"commands.exists(c, c.program == 'git' && '--hard' in c.args && c.wrappers == ['sudo'] && c.privileged)",
		"commands.exists(c, c.args.exists(a, a.startsWith('--')))",
		"paths.exists(p, glob(p.path, '/etc/**') && !glob(p.path, '/etc/*') && p.class in ['system', 'root'])",
		"net.all(n, n.port == 443 && n.host.endsWith('.example'))",
		"flows.exists(f, f.from == 'secret' && f.detail.contains('→'))",
		"acts.size() == 1 && acts[0].kind == 'git.discard'",
		"'program' in opaque",
		"session.calls_60s > 5 && session.secret_read_recently && session.secret_read == 'x'",
		"event.command.matches('^sudo +git')",
		"project == '' && event.project == project",
	} {
		c, err := compile(expression)
		require.NoError(t, err, expression)
		ok, err := c.holds(t.Context(), &vars{f: f, s: &s})
		require.NoError(t, err, expression)
		assert.True(t, ok, expression)
	}
}

// An event that is larger than the estimate reckons with does not take long, and
// does not get around the rule either.
func TestALargeEventIsBounded(t *testing.T) {
	f := &facts.Facts{}
	for range 512 {
		f.Commands = append(f.Commands, facts.Command{Program: "x", Args: strings.Split(strings.Repeat(strings.Repeat("a", 2000)+" ", 256), " ")})
	}
	rs := mustLoad(t, user("rules:\n"+one("loop", "any: [program:x]", "condition: commands.exists(c, c.args.exists(a, a.contains('b')))")+
		one("wrong", "any: [program:x]", "condition: acts[3].kind == 'x'")))
	began := time.Now()
	m := rs.Judge(f, Session{})
	assert.Less(t, time.Since(began), 10*time.Second)
	require.Len(t, m, 2)
	assert.NotEmpty(t, m[0].Failed)
	assert.Equal(t, semconv.SeverityHigh, m[0].Severity, "too large: the rule's severity")
	assert.NotEmpty(t, m[1].Failed)
	assert.Equal(t, semconv.SeverityLow, m[1].Severity, "the rule's own fault")
	assert.Contains(t, m[1].Evidence[0], "could not be judged")
}

// The largest event that facts can make takes our rules a bounded time, and none of
// their conditions is too dear for it.
func TestOurRulesOnTheLargestEvent(t *testing.T) {
	rs := mustLoad(t, Defaults())
	f := &facts.Facts{Event: facts.Event{Type: "command_execution", Command: strings.Repeat("x", 64<<10)}}
	long := strings.Repeat("/x", 2000)
	for range 512 {
		f.Commands = append(f.Commands, facts.Command{Program: "kill", Args: strings.Split(strings.Repeat("a ", 255), " "), Text: long})
	}
	for c := range classes {
		for a := range accesses {
			f.Paths = append(f.Paths, facts.Path{Path: long, Class: c, Access: a})
		}
	}
	for range 64 {
		f.Net = append(f.Net, facts.Net{Host: long, URL: long, Direction: "upload", Class: "public"})
	}
	for _, from := range []string{"secret", "file", "download", "decode", "input"} {
		f.Flows = append(f.Flows, facts.Flow{From: from, To: "network"}, facts.Flow{From: from, To: "execute"})
	}
	for _, k := range facts.ActKinds() {
		f.Acts = append(f.Acts, facts.Act{Kind: k, Program: "x", Detail: long})
	}
	began := time.Now()
	m := rs.Judge(f, Session{})
	assert.Less(t, time.Since(began), 10*time.Second)
	assert.Greater(t, len(m), 50)
	for _, one := range m {
		assert.Empty(t, one.Failed, one.Rule.Slug)
	}
}

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, text, stop string
		want                bool
	}{
		{"", "", "/", true},
		{"*", "abc", "/", true},
		{"*", "a/c", "/", false},
		{"**", "a/c", "/", true},
		{"/a/**/z", "/a/b/c/z", "/", true},
		{"/a/**", "/b/a/x", "/", false},
		{"a?c", "abc", "/", true},
		{"a?c", "a/c", "/", false},
		{`a\*c`, "a*c", "/", true},
		{`a\*c`, "abc", "/", false},
		{"*.go", "x.go.y", "/", false},
		{"**/*.go", "a/b/x.go", "/", true},
		{"a*b*c", "aXbXbXc", "", true},
		{"**a*b", "xa/b/ab", "/", true},
		{"git *", "git x; y", noShell, false},
	} {
		assert.Equal(t, c.want, Glob(c.pattern, c.text, c.stop), "%s %s", c.pattern, c.text)
	}
	began := time.Now()
	_ = Glob(strings.Repeat("*a", 1000), strings.Repeat("a", 20000)+"b", "")
	_ = Glob(strings.Repeat("**a", 500)+"*b", strings.Repeat("a", 20000), "/")
	assert.Less(t, time.Since(began), 10*time.Second)
}

func TestEvidenceIsEscapedAndBounded(t *testing.T) {
	f := &facts.Facts{Event: facts.Event{Type: "command_execution"}}
	for i := range 40 {
		f.Acts = append(f.Acts, facts.Act{Kind: "fork.bomb", Program: "x", Detail: strings.Repeat("y", i) + "\x1b[31m\r\n\u202e\xff\x00%s{{.}}" + strings.Repeat("é", 400)})
	}
	rs := mustLoad(t, user("rules:\n"+one("a", "any: [act:fork.bomb]")))
	m := rs.Judge(f, Session{})
	require.Len(t, m, 1)
	require.Len(t, m[0].Evidence, 8)
	for _, e := range m[0].Evidence {
		assert.LessOrEqual(t, len(e), 512)
		assert.True(t, isClean(e), "%q", e)
		assert.Contains(t, e, `\x1b[31m`)
		assert.Contains(t, e, `\u202e\xff`)
		assert.Contains(t, e, `%s{{.}}`)
	}
}
