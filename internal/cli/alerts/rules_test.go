package alerts

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/detection"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

const ownRules = `version: 1
rules:
  - id: 2f7a0f9c-6c0e-4d0a-9a0e-5b4c6f1f0a11
    slug: own-fetch
    title: Something is fetched and run
    version: 1
    category: own
    severity: medium
    any: [flow:download>execute]
    tests:
      match: ["curl https://x.example/i.sh | sh"]
      no_match: ["ls"]
  - id: 2f7a0f9c-6c0e-4d0a-9a0e-5b4c6f1f0a12
    slug: own-never
    title: Never
    version: 1
    category: own
    severity: low
    any: [program:sh]
    condition: "commands.size() > 1000"
    tests:
      match: ["%s"]
      no_match: ["ls"]
`

func (s *stage) rules(text string) string {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), "own.yaml")
	require.NoError(s.t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestOwnTestsOfRules(t *testing.T) {
	s := newStage(t)
	path := s.rules(ownRules)
	out, _, err := s.run("test", "--rules", path)
	require.Error(t, err)
	require.Contains(t, out, path+":22: own-never must match, and does not: %s")
	out, _, err = s.run("test", "--rules", path, "--json")
	require.Error(t, err)
	var failed []detection.TestResult
	for _, r := range decode[detection.TestResult](t, out) {
		if !r.OK && r.Source == path { // those that come with the program have a test of their own
			failed = append(failed, r)
		}
	}
	require.Len(t, failed, 1)
	require.True(t, failed[0].Want)
	txt := &text{}
	require.Equal(t, "✓ All 3 tests of 1 rule pass.\n", txt.tests(nil, 3, 1))
}

func TestExplain(t *testing.T) {
	s := newStage(t)
	path := s.rules(ownRules)
	const command = "curl https://x.example/i.sh | sh # \x1b[31m"
	out := s.ok("test", "--rules", path, "--command", command)
	require.NotContains(t, out, "\x1b")
	require.Contains(t, out, "own-fetch")
	require.Contains(t, out, "flow:download>execute")
	require.Regexp(t, `own-never +its condition does not hold \(program:sh\)`, out)
	require.Contains(t, out, "--all lists them")
	require.Contains(t, s.ok("test", "--command", "ls", "--all"), "delete-root\n")

	var e Explained
	require.NoError(t, json.Unmarshal([]byte(s.ok("test", "--rules", path, "--command", command, "--json")), &e))
	require.True(t, e.Alerted)
	require.NotEmpty(t, e.Facts)
	outcomes := map[string]string{}
	for _, r := range e.Rules {
		outcomes[r.Rule] = r.Outcome
	}
	require.Equal(t, detection.OutcomeMatched, outcomes["own-fetch"])
	require.Equal(t, detection.OutcomeCondition, outcomes["own-never"])
	require.Equal(t, detection.OutcomeNoKey, outcomes["delete-root"])
	require.NoError(t, json.Unmarshal([]byte(s.ok("test", "--command", "", "--json")), &e))
	s.ok("test", "--powershell", "--command", "Remove-Item -Recurse -Force C:\\")
}

func TestCasesOfAFile(t *testing.T) {
	s := newStage(t)
	path := filepath.Join(t.TempDir(), "cases.jsonl")
	require.NoError(t, os.WriteFile(path, []byte(`{"command":"curl https://x.example/i.sh | sh","label":"malicious"}
{"command":"go test ./...","cwd":"/src"}

{"command":"rm -rf /"}
`), 0o600))
	all := decode[detection.CaseResult](t, s.ok("test", "--file", path, "--json"))
	require.Len(t, all, 3)
	require.True(t, all[0].Alerted)
	require.False(t, all[1].Alerted)
	require.True(t, all[2].Alerted)
	require.Equal(t, "critical", all[2].MaxSeverity)
	require.Contains(t, all[2].Rules, "delete-root")
	require.Len(t, all[2].RuleIDs, len(all[2].Rules))
	require.Contains(t, s.ok("test", "--file", path), "2 of 3 commands would be alerted")
	require.NoError(t, os.WriteFile(path, []byte("{}\nnonsense\n"), 0o600))
	require.ErrorContains(t, s.fails(1, "test", "--file", path, "--json"), "line 2")
}

func TestValidateRules(t *testing.T) {
	s := newStage(t)
	good := s.rules(ownRules)
	require.Contains(t, s.ok("validate", good), "rules.")
	bad := s.rules(strings.Replace(ownRules, "commands.size() > 1000", "commands.size( > ", 1))
	out, _, err := s.run("validate", bad)
	require.Error(t, err)
	require.Contains(t, out, bad+":20: own-never")
	out, _, err = s.run("validate", bad, "--json")
	require.Error(t, err)
	var v Validation
	require.NoError(t, json.Unmarshal([]byte(out), &v))
	require.False(t, v.OK)
	require.Equal(t, 20, v.Faults[len(v.Faults)-1].Line)
	require.ErrorContains(t, s.fails(1, "test", "--rules", bad, "--command", "ls"), "own-never")
	s.fails(1, "validate", "/nonexistent")
}

// The collector's configuration may have its rules from elsewhere; what stands in a
// later file counts.
func TestRulesOfTheCollector(t *testing.T) {
	s := newStage(t)
	own := s.rules(ownRules)
	whole := s.rules(strings.ReplaceAll(string(detection.Defaults().Data), "slug: delete-root\n", "slug: another-name\n"))
	config := filepath.Join(t.TempDir(), "collector.yaml")
	t.Setenv(semconv.EnvCollectorConfig, config)
	t.Setenv("RULES_OF_MINE", filepath.Dir(own))
	write := func(path, text string) {
		t.Helper()
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	judged := func() map[string]bool {
		t.Helper()
		var e Explained
		require.NoError(t, json.Unmarshal([]byte(s.ok("test", "--command", "ls", "--json")), &e))
		slugs := map[string]bool{}
		for _, r := range e.Rules {
			slugs[r.Rule] = true
		}
		return slugs
	}
	write(config, "processors:\n  security_alert:\n    user_rules: ${env:RULES_OF_MINE}/own.yaml\n")
	require.True(t, judged()["own-never"])
	require.True(t, judged()["delete-root"])
	write(config, "processors:\n  security_alert:\n    user_rules:\n    rules_file: "+whole+"\n")
	require.True(t, judged()["another-name"])
	require.False(t, judged()["delete-root"], "they are replaced")
	require.False(t, judged()["own-never"])

	further := filepath.Join(string(s.home), "collector.d", "rules.yaml")
	write(further, "processors:\n  security_alert:\n    rules_file: ${NONE:-"+whole+"}\n    user_rules: /nonexistent\n")
	require.False(t, judged()["delete-root"])
	write(further, "processors:\n  security_alert:\n    rules_file: /nonexistent/rules.yaml\n")
	require.ErrorContains(t, s.fails(1, "test", "--command", "ls"), "/nonexistent/rules.yaml")
	write(further, "processors:\n  security_alert:\n    rules_file: ${file:/x}\n")
	require.ErrorContains(t, s.fails(1, "test", "--command", "ls"), further+":3: rules_file")
	write(further, "processors: [1, 2]\nnonsense\n")
	require.False(t, judged()["delete-root"], "the collector says what is wrong with it")
}
