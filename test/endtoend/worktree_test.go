package endtoend

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// A linked worktree of the project's repository is a part of the project,
// wherever it lies; what lies beside it is not.
func TestLinkedWorktreeIsInsideTheProject(t *testing.T) {
	s := shared(t)
	project, err := s.NewProject("trunk", semconv.MarkerFile)
	require.NoError(t, err)
	tree := filepath.Join(s.Dir, "trees", "feature")
	for _, args := range [][]string{
		{"init", "-q"}, {"add", "."}, {"commit", "-q", "-m", "start"}, {"worktree", "add", "-q", tree},
	} {
		git := exec.CommandContext(t.Context(), "git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.invalid"}, args...)...)
		git.Dir, git.Env = project, s.Environment()
		out, err := git.CombinedOutput()
		require.NoError(t, err, string(out))
	}
	for mode, send := range map[string]func(testing.TB, *harness.Stack, harness.Call) harness.Outcome{"command": run, "http": post} {
		t.Run(mode, func(t *testing.T) {
			for i, c := range []struct {
				name, file, cwd string
				outside         bool
			}{
				{"in the project", filepath.Join(project, "src/cart.go"), project, false},
				{"in the worktree", filepath.Join(tree, "src/cart.go"), project, false},
				{"in the worktree, from within", filepath.Join(tree, "src/cart.go"), tree, false},
				{"beside the worktree", filepath.Join(s.Dir, "trees/other/cart.go"), tree, true},
				{"out of the worktree", tree + "/../../elsewhere", tree, true},
			} {
				session := "worktree-" + mode
				raw, err := json.Marshal(map[string]any{
					"session_id": session, "hook_event_name": "PreToolUse", "cwd": c.cwd, "tool_name": "Read",
					"tool_use_id": "toolu_" + mode + "_" + c.name, "tool_input": map[string]any{"file_path": c.file},
				})
				require.NoError(t, err)
				send(t, s, harness.Call{Payload: raw, ProjectDir: project})
				e := awaitAudit(t, s, auditlog.Filter{SessionID: session}, i+1)[i]
				outside, _ := e.Attributes[semconv.OutsideProject].(bool)
				require.Equal(t, c.outside, outside, c.name)
				want := semconv.ScopeProject
				if c.outside {
					want = semconv.ScopeOutside
				}
				require.Equal(t, want, e.Attribute(semconv.Scope), c.name)
				require.Equal(t, "trunk", e.Attribute(semconv.ProjectName), c.name)
			}
		})
	}
	require.Len(t, awaitLoki(t, s, `{service="claude-telemetry", project="trunk", scope="outside", event!="security_alert"}`, 4), 4)
}
