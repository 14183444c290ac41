package detection

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/detection/facts"
)

// randomFacts are facts of all kinds that the rules ask for, few at a time.
func randomFacts(r *rand.Rand, rules *Ruleset) (*facts.Facts, Session) {
	pick := func(names ...string) string { return names[r.IntN(len(names))] }
	of := func(m map[string]bool) string {
		all := make([]string, 0, len(m))
		for n := range m {
			all = append(all, n)
		}
		slices.Sort(all)
		return pick(all...)
	}
	var kinds []string
	for k := range rules.index {
		if k.kind == keyAct {
			kinds = append(kinds, k.a)
		}
	}
	slices.Sort(kinds)
	f := &facts.Facts{Event: facts.Event{
		Type: pick("command_execution", "file_read", "file_write", "session_start", "config_change", "telemetry_gap"),
		Tool: pick("Bash", "Read", "Write", ""), PermissionMode: pick("default", "bypassPermissions"),
	}}
	for range r.IntN(3) {
		f.Commands = append(f.Commands, facts.Command{Program: pick("rm", "git", "kill"), Args: []string{pick("-1", "x")}, Via: []string{pick("decoded", "eval")}, Privileged: r.IntN(2) == 0})
	}
	for range r.IntN(4) {
		f.Paths = append(f.Paths, facts.Path{Path: pick("/etc/passwd", "/home/user/.ssh/id_rsa", "/p/CLAUDE.md", "/p/x"), Access: of(accesses), Class: of(classes), OutsideProject: r.IntN(2) == 0, Privileged: r.IntN(2) == 0})
	}
	for range r.IntN(3) {
		f.Net = append(f.Net, facts.Net{Direction: of(directions), Class: of(hostClasses)})
		f.Flows = append(f.Flows, facts.Flow{From: of(flowSources), To: of(flowSinks)})
	}
	for range r.IntN(3) {
		f.Acts = append(f.Acts, facts.Act{Kind: pick(kinds...), Privileged: r.IntN(2) == 0})
	}
	if r.IntN(3) == 0 {
		f.Opaque = []string{pick("program", "syntax", "interpreter")}
	}
	return f, Session{Calls60s: r.Int64N(300), Baseline60s: r.Int64N(60), Violations10m: r.Int64N(8), Denied10m: r.Int64N(20), SecretReadRecently: r.IntN(2) == 0, WrittenRecently: r.IntN(2) == 0, ChmodRecently: r.IntN(2) == 0}
}

// The look by key finds the same as judging every rule by itself does.
func TestTheIndexMissesNothing(t *testing.T) {
	rs := mustLoad(t, Defaults())
	r := rand.New(rand.NewPCG(1, 2))
	matched := map[string]bool{}
	for range 3000 {
		f, s := randomFacts(r, rs)
		var want, got, explained []string
		j := judging{f: f, s: &s, vars: vars{f: f, s: &s}}
		for _, c := range rs.rules {
			if c.hasKey(f, &s) && rs.judgeRule(c, &j).Outcome == OutcomeMatched {
				want = append(want, c.Slug)
			}
		}
		j.done()
		for _, m := range rs.Judge(f, s) {
			require.Empty(t, m.Failed, m.Rule.Slug)
			got = append(got, m.Rule.Slug)
			matched[m.Rule.Slug] = true
		}
		for _, e := range rs.Explain(f, s) {
			if e.Outcome == OutcomeMatched {
				explained = append(explained, e.Rule.Slug)
			}
		}
		require.Equal(t, want, got)
		require.Equal(t, want, explained)
	}
	assert.Greater(t, len(matched), len(rs.rules)/2, "the sample reaches most rules")
}

func TestSuppressionKeys(t *testing.T) {
	rs := mustLoad(t, user("rules:\n"+one("a", "any: [act:git.discard]", "suppress: {key: [project]}")+one("bb", "any: [act:git.discard]")))
	one, two := *gitFacts, *gitFacts
	two.Event.Session = "other"
	a, b := rs.Judge(&one, Session{}), rs.Judge(&two, Session{})
	assert.Equal(t, a[0].SuppressionKey, b[0].SuppressionKey, "one project")
	assert.NotEqual(t, a[1].SuppressionKey, b[1].SuppressionKey, "two sessions")
	assert.Equal(t, a, rs.Judge(&one, Session{}), "always the same")
}

func TestWhatTheSeverityFollows(t *testing.T) {
	rs := mustLoad(t, Defaults())
	severity := func(slug string, f *facts.Facts) string {
		for _, m := range rs.Judge(f, Session{}) {
			if m.Rule.Slug == slug {
				return m.Severity
			}
		}
		return ""
	}
	path := func(path, access, class string) *facts.Facts {
		return &facts.Facts{Event: facts.Event{Type: "command_execution"}, Paths: []facts.Path{{Path: path, Access: access, Class: class, OutsideProject: true}}}
	}
	assert.Equal(t, "critical", severity("system-file-write", path("/etc/sudoers", "write", "system_auth")))
	assert.Equal(t, "high", severity("system-file-write", path("/etc/hosts", "write", "system")))
	assert.Empty(t, severity("system-file-write", path("/etc/hosts", "read", "system")))
	assert.Empty(t, severity("agent-config-change", path("/home/u/.claude/settings.json", "read", "agent_config")))
	assert.Equal(t, "high", severity("agent-config-change", path("/home/u/.claude/settings.json", "write", "agent_config")))
	assert.Equal(t, "medium", severity("agent-config-change", path("/p/CLAUDE.md", "write", "agent_config")))
	assert.Equal(t, "low", severity("password-file-read", path("/etc/passwd", "read", "system_auth")))
	assert.Equal(t, "high", severity("password-file-read", path("/etc/shadow", "read", "system_auth")))
}

func BenchmarkJudge(b *testing.B) {
	rs := mustLoad(b, Defaults())
	benign := &facts.Facts{
		Event:    facts.Event{Type: "command_execution", HookEvent: "PreToolUse", Tool: "Bash", Command: "cd x && go test ./... | tail"},
		Commands: []facts.Command{{Program: "cd", Args: []string{"x"}}, {Program: "go", Args: []string{"test", "./..."}}, {Program: "tail"}},
		Paths:    []facts.Path{{Path: "/p/x", Access: "list", Class: "project"}, {Path: "/p/x/...", Access: "read", Class: "project"}},
	}
	alerting := &facts.Facts{
		Event:    facts.Event{Type: "command_execution", HookEvent: "PreToolUse", Tool: "Bash", Command: "sudo cat /etc/shadow"},
		Commands: []facts.Command{{Program: "cat", Args: []string{"/etc/shadow"}, Wrappers: []string{"sudo"}, Privileged: true}},
		Paths:    []facts.Path{{Path: "/etc/shadow", Access: "read", Class: "system_auth", Privileged: true}},
		Acts:     []facts.Act{{Kind: "privilege.switch", Program: "sudo", Detail: "sudo cat /etc/shadow", Privileged: true}},
	}
	for name, f := range map[string]*facts.Facts{"benign": benign, "alerting": alerting} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				rs.Judge(f, Session{Calls60s: 12})
			}
		})
	}
}
