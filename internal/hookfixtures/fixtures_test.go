package hookfixtures_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"

	"github.com/agent-telemetry/agent-telemetry/internal/capture"
	"github.com/agent-telemetry/agent-telemetry/internal/eventjson"
	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

func TestFixturesAreWellFormed(t *testing.T) {
	names, sessions, calls := map[string]bool{}, map[string]string{}, map[string]bool{}
	for _, f := range hookfixtures.All() {
		require.False(t, names[f.Name], f.Name)
		names[f.Name] = true
		if group, ok := sessions[f.SessionID]; ok {
			require.Equal(t, group, f.Group, "a session belongs to one group")
		}
		sessions[f.SessionID] = f.Group
		require.True(t, strings.HasPrefix(f.Name, f.Group+"/"), f.Name)
		if f.ToolUseID != "" {
			key := f.HookEvent + " " + f.ToolUseID
			require.False(t, calls[key], "%s: %s twice", f.Name, key)
			calls[key] = true
		}
		raw := f.Payload("/with \"quotes\"")
		require.True(t, json.Valid(raw), f.Name)
		require.NotContains(t, string(raw), "{{", f.Name)
	}
	require.Len(t, sessions, 13)
}

// The data dictionary's events and tools: a name that is missing here has no
// fixture.
func TestEveryEventAndToolHasAFixture(t *testing.T) {
	events, tools := map[string]bool{}, map[string]map[string]bool{}
	for _, f := range hookfixtures.All() {
		events[f.HookEvent] = true
		if f.Tool != "" {
			if tools[f.Tool] == nil {
				tools[f.Tool] = map[string]bool{}
			}
			tools[f.Tool][f.HookEvent] = true
		}
	}
	for _, e := range strings.Fields(`SessionStart Setup InstructionsLoaded UserPromptSubmit UserPromptExpansion MessageDisplay PreToolUse
		PermissionRequest PermissionDenied PostToolUse PostToolUseFailure PostToolBatch Notification SubagentStart SubagentStop TaskCreated
		TaskCompleted Stop StopFailure TeammateIdle ConfigChange CwdChanged DirectoryAdded FileChanged WorktreeCreate WorktreeRemove PreCompact
		PostCompact PreModelSwitch PostModelSwitch SessionEnd Elicitation ElicitationResult`) {
		require.True(t, events[e], e)
	}
	for _, tool := range strings.Fields(`Bash PowerShell Read Write Edit MultiEdit Glob Grep LS NotebookEdit NotebookRead WebFetch WebSearch Agent
		Task TodoWrite TaskCreate TaskUpdate TaskGet TaskList TaskStop TaskOutput AskUserQuestion EnterPlanMode ExitPlanMode EnterWorktree
		ExitWorktree Skill Workflow Monitor CronCreate CronDelete CronList ScheduleWakeup RemoteTrigger PushNotification SendMessage
		ListMcpResourcesTool ReadMcpResourceTool SlashCommand KillShell BashOutput LSP ToolSearch REPL`) {
		require.True(t, tools[tool]["PreToolUse"], tool)
		require.True(t, tools[tool]["PostToolUse"], tool)
	}
}

// Every fixture goes through the capture code and comes out as it says.
func TestFixturesAreCapturedAsExpected(t *testing.T) {
	project := filepath.Join(t.TempDir(), "shop")
	require.NoError(t, os.MkdirAll(filepath.Join(project, "src"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(project, semconv.MarkerFile), nil, 0o600))
	c := capture.New(capture.Settings{Dir: statedir.Dir(t.TempDir()), PromptPreview: true})
	for _, f := range hookfixtures.All() {
		r, err := c.Capture(t.Context(), capture.Input{
			Payload: f.Payload(project), Transport: semconv.TransportCommand, ProjectDir: project, Received: time.Now(),
		})
		require.NoError(t, err, f.Name)
		require.True(t, r.Watched, f.Name)
		got := map[string]any{}
		for _, kv := range r.Event.Attributes {
			got[string(kv.Key)] = plain(kv.Value)
		}
		t.Run(f.Name, func(t *testing.T) {
			if got[semconv.EventType] != f.EventType || r.Event.Severity.String() != f.Severity {
				t.Errorf("is %v %v, expected %s %s", got[semconv.EventType], r.Event.Severity, f.EventType, f.Severity)
			}
			for k, want := range f.Attributes(project) {
				if !reflect.DeepEqual(want, got[k]) {
					t.Errorf("%s is %#v, expected %#v", k, got[k], want)
				}
			}
			if encoded := string(eventjson.Request(r.Event)); strings.Contains(encoded, hookfixtures.Sentinel) {
				at := strings.Index(encoded, hookfixtures.Sentinel)
				t.Errorf("holds what must not be kept: …%s…", encoded[max(0, at-120):min(len(encoded), at+40)])
			}
		})
	}
}

func TestBadInputsAreMarkedAsWhatTheyAre(t *testing.T) {
	project := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(project, semconv.MarkerFile), nil, 0o600))
	c := capture.New(capture.Settings{Dir: statedir.Dir(t.TempDir())})
	for _, b := range hookfixtures.BadInputs(project, "bad") {
		t.Run(b.Name, func(t *testing.T) {
			r, err := c.Capture(t.Context(), capture.Input{Payload: b.Bytes, ProjectDir: project, Received: time.Now()})
			require.NoError(t, err)
			require.True(t, r.Watched)
			decodeError := false
			for _, kv := range r.Event.Attributes {
				decodeError = decodeError || string(kv.Key) == semconv.DecodeError
			}
			require.Equal(t, b.Undecodable, decodeError)
			if b.Undecodable {
				require.Equal(t, semconv.EventNamePrefix+semconv.EventHookEvent, r.Event.Name)
			}
			require.Less(t, len(eventjson.Request(r.Event)), 1<<20, "every size is bounded")
		})
	}
}

func plain(v attribute.Value) any {
	raw, err := json.Marshal(v.AsInterface())
	if err != nil {
		return err
	}
	var out any
	if err := json.Unmarshal(raw, &out); err != nil {
		return err
	}
	return out
}
