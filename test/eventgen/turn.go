package eventgen

import (
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/superclaude"
)

// turn is a prompt and what follows it, up to the next.
type turn struct {
	s     *session
	items []item
	count int // records of the items
	room  int // records that may still be planned

	from, to time.Time // of the work
	agent    *agent    // that acts; nil is the main one
}

// agent is a sub-agent.
type agent struct {
	id, typ string
	depth   int // 1 for whom the main agent calls
}

func newTurn(s *session) *turn { return &turn{s: s, room: s.left} }

func (t *turn) add(it item) {
	it.super = t.s.super
	t.items = append(t.items, it)
	t.count += it.records()
	t.room -= it.records()
}

// hook adds an event that is no tool call.
func (t *turn) hook(at time.Time, name string, fields map[string]any) {
	t.add(item{at: at, payload: t.payload(name, fields)})
}

// payload completes the fields of an event with those that all have.
func (t *turn) payload(name string, fields map[string]any) map[string]any {
	p := map[string]any{
		"session_id": t.s.id, "transcript_path": "/home/dev/.claude/projects/" + t.s.project.transcripts() + "/" + t.s.id + ".jsonl",
		"cwd": t.s.project.path, "hook_event_name": name,
	}
	if t.s.promptID != "" {
		p["prompt_id"] = t.s.promptID
	}
	if name != "SessionStart" && name != "SessionEnd" && name != "SubagentStart" {
		p["permission_mode"] = "default"
	}
	if t.agent != nil {
		p["agent_id"], p["agent_type"] = t.agent.id, t.agent.typ
	}
	for k, v := range fields {
		p[k] = v
	}
	return p
}

// most is how many records a call may become.
const most = 6

// plan plans a turn, and in the last one all that is left of the session.
func (t *turn) plan() {
	s := t.s
	end := 1 // the record of the session's end
	if s.open {
		end = 0
	}
	calls := min(1+int(logNormal(s.r, 6, 0.7)), 80)
	want := min(2+int(float64(calls)*2.7), t.room-end)
	slice := t.slice(want)
	t.from = s.cursor
	t.to = t.from.Add(slice)
	t.prompt()
	t.work(want, end+1)
	last := t.room-end-1 < leastEvents
	if last {
		t.fill(end + 1)
	}
	stop := t.to
	for i := range t.items {
		if t.items[i].at.After(stop) {
			stop = t.items[i].at
		}
	}
	stop = stop.Add(50 * time.Millisecond)
	if t.room > end {
		t.stop(stop)
	}
	s.cursor = stop.Add(time.Duration(s.r.ExpFloat64() * float64(slice) * 0.25)) // a person reads
	if last && t.room > 0 {
		at := s.to.Add(-time.Millisecond)
		if at.Before(s.cursor) {
			at = s.cursor
		}
		t.hook(at, "SessionEnd", map[string]any{"reason": pick(s.r, []string{"prompt_input_exit", "other", "clear", "logout"})})
	}
}

// slice is the time of a turn of so many records: its share of what is left.
func (t *turn) slice(records int) time.Duration {
	left := t.s.to.Sub(t.s.cursor)
	if left <= 0 || t.room <= 0 {
		return 0
	}
	share := float64(records) / float64(t.room) * (0.5 + 0.6*t.s.r.Float64())
	return time.Duration(float64(left) * min(share, 0.9) * 0.8)
}

func (t *turn) prompt() {
	s := t.s
	s.promptID = s.uuidV4()
	text := promptText(s.r, s.project)
	found := superclaude.Detect(text)
	if !found.Empty() {
		s.super = found
	}
	t.hook(t.from, "UserPromptSubmit", map[string]any{"prompt": text})
	t.items[len(t.items)-1].super = found // of a prompt, its own only
}

func (t *turn) stop(at time.Time) {
	if t.s.r.Float64() < 0.01 {
		t.hook(at, "StopFailure", map[string]any{"error": pick(t.s.r, []string{"rate_limit", "overloaded"}), "error_details": "429 too many requests"})
		return
	}
	t.hook(at, "Stop", map[string]any{"stop_hook_active": false, "last_assistant_message": "Done: " + phrase(t.s.r, 12)})
}

// work adds tool calls until want records are planned, or no more than keep may
// come.
func (t *turn) work(want, keep int) {
	s := t.s
	for t.count < want && t.room-keep >= most {
		at := t.moment()
		switch x := s.r.Float64(); {
		case !s.options.NoNative && x < 0.3:
			t.request(at)
		case x < 0.315 && t.room-keep > leastRoom:
			t.delegations(at, keep)
		case x < 0.32:
			t.hook(at, "Notification", map[string]any{"message": "Claude needs your permission to use Bash", "notification_type": "permission_prompt"})
		case x < 0.323:
			t.hook(at, "PreCompact", map[string]any{"trigger": "auto", "custom_instructions": ""})
		default:
			t.call(at)
		}
	}
}

// fill adds what is too little for another turn, until keep records may come.
func (t *turn) fill(keep int) {
	for t.room-keep >= most {
		t.call(t.moment())
	}
	for t.room > keep {
		t.unended(t.moment())
	}
}

// moment is some time in the turn.
func (t *turn) moment() time.Time {
	return t.from.Add(time.Duration((0.02 + 0.9*t.s.r.Float64()) * float64(t.to.Sub(t.from))))
}

func (s *session) uuidV4() string {
	b := []byte(s.hex(16))
	x := string(b)
	return x[:8] + "-" + x[8:12] + "-4" + x[13:16] + "-a" + x[17:20] + "-" + x[20:]
}
