package lineageprocessor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/agent-telemetry/agent-telemetry/internal/eventjson"
	"github.com/agent-telemetry/agent-telemetry/internal/hookevent"
	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
	"github.com/agent-telemetry/agent-telemetry/internal/lineage"
	"github.com/agent-telemetry/agent-telemetry/internal/provenance"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/processor/lineageprocessor/internal/metadata"
)

// sink takes records, or refuses them.
type sink struct {
	consumertest.LogsSink
	mu  sync.Mutex
	err error
}

func (s *sink) ConsumeLogs(ctx context.Context, ld plog.Logs) error {
	s.mu.Lock()
	err := s.err
	s.mu.Unlock()
	if err != nil {
		return err
	}
	return s.LogsSink.ConsumeLogs(ctx, ld)
}

func (s *sink) refuse(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

func (s *sink) records() (out []plog.LogRecord) {
	for _, ld := range s.AllLogs() {
		for _, rl := range ld.ResourceLogs().All() {
			for _, sl := range rl.ScopeLogs().All() {
				for _, lr := range sl.LogRecords().All() {
					out = append(out, lr)
				}
			}
		}
	}
	return out
}

// bench is a processor that is fed hook payloads.
type bench struct {
	*lineageProcessor
	t    testing.TB
	sink *sink
	at   time.Time
	seq  uint64
}

func newBench(t testing.TB, change func(*Config)) *bench {
	t.Helper()
	cfg := createDefaultConfig().(*Config)
	cfg.CorrectionDelay = 0
	if change != nil {
		change(cfg)
	}
	require.NoError(t, cfg.Validate())
	b := &bench{t: t, sink: &sink{}, at: time.Now().Add(-time.Hour)}
	p, err := newProcessor(processortest.NewNopSettings(metadata.Type), cfg, b.sink)
	require.NoError(t, err)
	b.lineageProcessor = p
	t.Cleanup(func() { require.NoError(t, p.Shutdown(context.Background())) })
	return b
}

func (b *bench) logs(payload []byte) plog.Logs {
	b.t.Helper()
	b.seq++
	b.at = b.at.Add(time.Second)
	e := hookevent.Build(hookevent.Decode(payload, 1<<20), hookevent.Context{
		Time: b.at, ID: fmt.Sprintf("019a0000-0000-7000-8000-%012d", b.seq), Seq: b.seq, Transport: semconv.TransportCommand, Project: "/srv/shop", Enabled: true,
	})
	ld, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs(eventjson.Request(e))
	require.NoError(b.t, err)
	return ld
}

func (b *bench) send(payload []byte) plog.LogRecord {
	b.t.Helper()
	before := b.sink.LogRecordCount()
	require.NoError(b.t, b.ConsumeLogs(provenance.OfOwner(b.t.Context()), b.logs(payload)))
	all := b.sink.records()
	require.Len(b.t, all, before+1)
	return all[before]
}

func (b *bench) hook(fields map[string]any) plog.LogRecord {
	b.t.Helper()
	fields["session_id"], fields["prompt_id"] = "s", "p"
	raw, err := json.Marshal(fields)
	require.NoError(b.t, err)
	return b.send(raw)
}

func (b *bench) start(agent, kind string) plog.LogRecord {
	return b.hook(map[string]any{"hook_event_name": "SubagentStart", "agent_id": agent, "agent_type": kind, "transcript_path": "/h/.claude/projects/-srv-shop/s.jsonl"})
}

func (b *bench) call(by, id, kind string) plog.LogRecord {
	return b.hook(map[string]any{
		"hook_event_name": "PreToolUse", "tool_name": "Agent", "agent_id": by, "tool_use_id": id, "tool_input": map[string]any{"subagent_type": kind},
	})
}

func (b *bench) answer(by, id, child string) plog.LogRecord {
	return b.hook(map[string]any{
		"hook_event_name": "PostToolUse", "tool_name": "Agent", "agent_id": by, "tool_use_id": id, "tool_input": map[string]any{},
		"tool_response": map[string]any{"status": "completed", "agentId": child},
	})
}

// place is what a record says of its agent.
func place(lr plog.LogRecord) string {
	a := lr.Attributes()
	depth := "-"
	if v, ok := a.Get(semconv.AgentDepth); ok {
		depth = v.AsString()
	}
	return fmt.Sprintf("%s < %s root %s depth %s by %s %s", text(a, semconv.GenAIAgentID), text(a, semconv.AgentParentID),
		text(a, semconv.AgentRootID), depth, text(a, semconv.AgentDelegationID), text(a, semconv.AgentLink))
}

func (b *bench) known(session, agent string) string {
	p, _, ok := b.tracker.Agent(session, agent)
	return fmt.Sprintf("%v %s < %s root %s depth %d by %s %s", ok, p.ID, p.Parent, p.Root, p.Depth, p.Call, p.Link)
}

func TestEveryRecordSaysWhereItsAgentStands(t *testing.T) {
	b := newBench(t, nil)
	require.Equal(t, " <  root  depth 0 by  ", place(b.call("", "toolu_1", "general-purpose")))
	require.Equal(t, "a1 < main root a1 depth 1 by toolu_1 provisional", place(b.start("a1", "general-purpose")))
	require.Equal(t, "a1 < main root a1 depth 1 by toolu_1 provisional", place(b.call("a1", "toolu_2", "Explore")))
	lr := b.start("a2", "Explore")
	require.Equal(t, "a2 < a1 root a1 depth 2 by toolu_2 provisional", place(lr))
	body, _ := lr.Body().Map().Get(semconv.BodyAgent)
	require.Equal(t, map[string]any{
		"id": "a2", "type": "Explore", "parent_id": "a1", "root_id": "a1", "depth": int64(2), "delegation_id": "toolu_2", "link": "provisional",
	}, body.Map().AsRaw())
	require.Equal(t, "a1 < main root a1 depth 1 by toolu_1 provisional", place(b.answer("a1", "toolu_2", "a2")))
	require.Equal(t, "a2 < a1 root a1 depth 2 by toolu_2 confirmed", place(b.hook(map[string]any{"hook_event_name": "PreToolUse", "tool_name": "Bash", "agent_id": "a2"})))
	b.answer("", "toolu_1", "a1")
	b.correct(t.Context())
	require.Len(t, b.sink.records(), 7, "what was right needs no correction")
}

func TestWhatTurnsOutOtherwiseIsARecordOfItsOwn(t *testing.T) {
	b := newBench(t, nil)
	b.call("", "toolu_1", "x")
	b.start("a1", "x")
	b.call("a1", "toolu_2", "x")
	b.call("", "toolu_3", "x")
	require.Equal(t, "a3 < a1 root a1 depth 2 by toolu_2 provisional", place(b.start("a3", "x")))
	b.answer("", "toolu_3", "a3")
	b.sink.refuse(errors.New("full"))
	b.correct(t.Context())
	b.sink.refuse(nil)
	before := b.sink.LogRecordCount()
	b.correct(t.Context())
	b.correct(t.Context())
	all := b.sink.records()
	require.Len(t, all, before+1, "it is told once")
	lr := all[before]
	require.Equal(t, "claude_code.agent_link", lr.EventName())
	require.Equal(t, "a3 < main root a3 depth 1 by toolu_3 confirmed", place(lr))
	a := lr.Attributes().AsRaw()
	require.Equal(t, "s", a[semconv.SessionID])
	require.Equal(t, "shop", a[semconv.ProjectName])
	require.Equal(t, "a3", a[semconv.AgentID])
	require.Equal(t, []any{"a1", "toolu_2", "provisional"}, []any{a[semconv.AgentPreviousParentID], a[semconv.AgentPreviousDelegationID], a[semconv.AgentPreviousLink]})
	body, _ := lr.Body().Map().Get(semconv.BodyAgent)
	require.Equal(t, map[string]any{"parent_id": "a1", "delegation_id": "toolu_2", "link": "provisional"}, body.Map().AsRaw()["previous"])
	require.Equal(t, "a3 < main root a3 depth 1 by toolu_3 confirmed", place(b.start("a3", "x")))
}

func TestACorrectionHasTheSameIDWhenItIsSentAgain(t *testing.T) {
	c := lineage.Correction{Session: "s", Agent: lineage.Place{ID: "a", Parent: "b"}, Number: 1}
	d := c
	d.At = time.Now()
	require.Equal(t, correctionID(&c), correctionID(&d))
	d.Number = 2
	require.NotEqual(t, correctionID(&c), correctionID(&d))
}

// TestRecordedSessions: nested, background and worktree agents, as they were recorded.
func TestRecordedSessions(t *testing.T) {
	b := newBench(t, nil)
	for _, f := range hookfixtures.All() {
		if f.Group == "agents" {
			b.send(f.Payload("/srv/shop"))
		}
	}
	const session = "f026f67e-a739-4df7-a1d7-e9b3c667ca04"
	for agent, want := range map[string]string{
		"a1f0c2d3e4b5a6978": "< main root a1f0c2d3e4b5a6978 depth 1",
		"a90817263544f5e6d": "< a1f0c2d3e4b5a6978 root a1f0c2d3e4b5a6978 depth 2",
		"a44d7e1":           "< main root a44d7e1 depth 1",
	} {
		require.Contains(t, b.known(session, agent), want)
		require.Contains(t, b.known(session, agent), "confirmed")
	}
	require.Equal(t, "true deadbee1 <  root  depth -1 by  ", b.known(session, "deadbee1"), "an orphan belongs to nobody")
}

func TestSessionsRecordedElsewhere(t *testing.T) {
	for file, want := range map[string][]string{
		"meta": {
			"a135da068057bc96e < main root a135da068057bc96e depth 1 by toolu_01PAGYidLuF5zBDfqYFqRhE4 confirmed",
			"ab1db0f1ee5b9b373 < a135da068057bc96e root a135da068057bc96e depth 2 by toolu_01NG8RwMm1BE4SCteoGohZkp confirmed",
			"ada50a4c20814d660 < main root ada50a4c20814d660 depth 1 by toolu_014RqVz7CM2kSJrkYTXLpr45 confirmed",
		},
		"bgagent": {"a17b8b227a41c5192 < main root a17b8b227a41c5192 depth 1 by toolu_014oHiSWeEUme3kQPH52BVPk confirmed"},
		"compact": {"a13d557d08c385e81 <  root  depth -1 by  "},
	} {
		t.Run(file, func(t *testing.T) {
			raw, err := os.ReadFile(filepath.Join("../../../shared/testdata/hooks", file+".jsonl"))
			if err != nil {
				t.Skip("the recorded sessions are not here")
			}
			lines := bytes.Split(bytes.TrimSpace(raw), []byte("\n"))
			var first struct {
				Session string `json:"session_id"`
			}
			require.NoError(t, json.Unmarshal(lines[0], &first))
			// As they were sent, without the answers, and without what the answers follow.
			for name, without := range map[string]string{"whole": "\x00", "answers alone": `"SubagentSt`, "calls lost": `"PreToolUse"`} {
				b := newBench(t, nil)
				for _, l := range lines {
					if !bytes.Contains(l, []byte(without)) {
						b.send(l)
					}
				}
				for _, w := range want {
					var agent string
					_, err := fmt.Sscan(w, &agent)
					require.NoError(t, err)
					if file == "compact" && name == "answers alone" {
						continue // nothing is left of it
					}
					require.Equal(t, "true "+w, b.known(first.Session, agent), name)
				}
			}
			b := newBench(t, nil)
			for _, l := range lines {
				if !bytes.Contains(l, []byte(`"PostToolUse"`)) {
					b.send(l)
				}
			}
			for _, w := range want {
				var agent string
				_, err := fmt.Sscan(w, &agent)
				require.NoError(t, err)
				got := b.known(first.Session, agent)
				require.Contains(t, []string{"true " + w, "true " + w[:len(w)-len("confirmed")] + "provisional"}, got, "the links that time tells")
			}
		})
	}
}

func TestNobodyElseSaysWhoseAnAgentIs(t *testing.T) {
	b := newBench(t, nil)
	b.call("", "toolu_1", "x")
	b.start("a1", "x")
	ld := b.logs([]byte(`{"session_id":"s","hook_event_name":"PostToolUse","tool_name":"Agent","agent_id":"evil","tool_use_id":"toolu_1","tool_response":{"agentId":"a1"}}`))
	lr := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
	lr.Attributes().PutStr(semconv.AgentParentID, "forged")
	lr.Attributes().PutInt(semconv.AgentDepth, 7)
	require.NoError(t, b.ConsumeLogs(t.Context(), ld))
	all := b.sink.records()
	require.Equal(t, "evil <  root  depth - by  ", place(all[len(all)-1]), "what came over OTLP teaches nothing")
	require.Equal(t, "true a1 < main root a1 depth 1 by toolu_1 provisional", b.known("s", "a1"))

	ld = b.logs([]byte(`{"session_id":"s","hook_event_name":"X"}`))
	lr = ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
	lr.Attributes().PutStr(semconv.EventType, semconv.EventAgentLink)
	lr.SetEventName(semconv.EventNamePrefix + semconv.EventAgentLink)
	require.NoError(t, b.ConsumeLogs(provenance.OfOwner(t.Context()), ld))
	all = b.sink.records()
	forged := all[len(all)-1]
	require.Equal(t, "claude_code.hook_event", forged.EventName())
	require.Equal(t, semconv.EventAgentLink, text(forged.Attributes(), semconv.EventClaimedType))
	require.Equal(t, semconv.EventHookEvent, text(forged.Attributes(), semconv.EventType))
}

func TestASpanTells(t *testing.T) {
	b := newBench(t, nil)
	b.start("a1", "x")
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr(semconv.ServiceName, "claude-code")
	lr := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	lr.SetEventName("span.claude_code.tool")
	lr.Attributes().PutStr(semconv.SessionID, "s")
	lr.Attributes().PutStr(semconv.NativeAgentID, "a1")
	lr.Attributes().PutStr(semconv.NativeParentAgentID, "a0")
	require.NoError(t, b.ConsumeLogs(t.Context(), ld))
	require.Equal(t, "true a1 < a0 root  depth -1 by  span", b.known("s", "a1"))
	require.Equal(t, map[string]any{"session.id": "s", "agent_id": "a1", "parent_agent_id": "a0"}, lr.Attributes().AsRaw(), "the span's record stays as it is")
	b.answer("", "toolu_1", "a1")
	require.Equal(t, "true a1 < main root a1 depth 1 by toolu_1 confirmed", b.known("s", "a1"), "the hook's answer is worth more")
}

func TestAFileTells(t *testing.T) {
	projects := t.TempDir()
	dir := filepath.Join(projects, "-srv-shop", "s", "subagents")
	require.NoError(t, os.MkdirAll(dir, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "agent-a1.meta.json"), []byte(`{"agentType":"x","toolUseId":"toolu_9","spawnDepth":1}`), 0o600))
	b := newBench(t, func(c *Config) { c.ProjectsDirectory = projects })
	b.start("a1", "x")
	require.NoError(t, b.Start(t.Context(), componenttest.NewNopHost()))
	require.Eventually(t, func() bool { return b.known("s", "a1") == "true a1 < main root a1 depth 1 by toolu_9 sidecar" }, 20*time.Second, 10*time.Millisecond)
	require.Eventually(t, func() bool {
		all := b.sink.records()
		return all[len(all)-1].EventName() == "claude_code.agent_link"
	}, 20*time.Second, 10*time.Millisecond, "and the records before are corrected")
}

func TestARestartForgetsNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lineage", "state")
	b := newBench(t, func(c *Config) { c.StateFile = file })
	require.NoError(t, b.Start(t.Context(), componenttest.NewNopHost()))
	b.call("", "toolu_1", "x")
	b.start("a1", "x")
	b.call("a1", "toolu_2", "x")
	require.NoError(t, b.Shutdown(t.Context()))
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	again := newBench(t, func(c *Config) { c.StateFile = file })
	require.NoError(t, again.Start(t.Context(), componenttest.NewNopHost()))
	again.at = b.at
	require.Equal(t, "a2 < a1 root a1 depth 2 by toolu_2 provisional", place(again.start("a2", "x")))
	require.NoError(t, again.Shutdown(t.Context()))

	require.NoError(t, os.WriteFile(file, []byte("nonsense"), 0o600))
	third := newBench(t, func(c *Config) { c.StateFile = file })
	require.NoError(t, third.Start(t.Context(), componenttest.NewNopHost()))
	_, err = os.Stat(file + ".bad")
	require.NoError(t, err, "a file that cannot be read is put aside")
	require.Equal(t, "a2 <  root  depth - by  ", place(third.start("a2", "x")))
}
