// Package capture makes one event of one hook call: it finds the project, keeps
// the session's state, hashes the file that is about to change, and has the
// payload mapped and redacted. claude-hook and the collector's receiver both use
// it, so a command hook and an HTTP hook give the same record.
package capture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/agent-telemetry/agent-telemetry/internal/hookevent"
	"github.com/agent-telemetry/agent-telemetry/internal/hostinfo"
	"github.com/agent-telemetry/agent-telemetry/internal/redact"
	"github.com/agent-telemetry/agent-telemetry/internal/sessionstate"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/internal/superclaude"
	"github.com/agent-telemetry/agent-telemetry/internal/version"
)

// MaxPayloadBytes bounds the payload that is decoded; what is longer is
// recorded as a hook_event with its size and hash.
const MaxPayloadBytes = 16 << 20

// Bounds of the waiting inside one capture; they add up to less than a hook may
// take beside its talk with the collector.
const (
	stateWait = 60 * time.Millisecond // for the lock on the session's state
	lookTime  = 60 * time.Millisecond // for all looks at files that the payload names
)

// Settings hold for every event of a Capturer.
type Settings struct {
	// Dir is the state directory; the sessions' states are kept in it.
	Dir statedir.Dir
	// PromptPreview keeps the first 120 characters of a prompt.
	PromptPreview bool
}

// Input is one hook call.
type Input struct {
	// Payload is what Claude Code sent. At most MaxPayloadBytes+1 bytes are
	// needed: a longer one is not decoded.
	Payload []byte
	// PayloadBytes and PayloadSHA256 describe the whole payload when Payload
	// holds only its start; 0 and "" mean that Payload is whole.
	PayloadBytes  int64
	PayloadSHA256 string
	// ReadError says why Payload is not all that was sent; nil when it is.
	ReadError error
	// Transport is semconv.TransportCommand or semconv.TransportHTTP.
	Transport string
	// ProjectDir is CLAUDE_PROJECT_DIR when it is known.
	ProjectDir string
	// WorkingDir, which may be nil, serves where the payload names no directory.
	WorkingDir func() (string, error)
	// InstallScope is how the hook is installed; "" means project.
	InstallScope string
	// NoPreview keeps no preview of this call's prompt, whatever the Settings say.
	NoPreview bool
	// Received is when the hook was called.
	Received time.Time
}

// Result is what became of one hook call.
type Result struct {
	Event hookevent.Event
	// Watched is false when the project is not activated: record nothing.
	Watched bool
}

// Capturer makes events. It is safe for concurrent use.
type Capturer struct {
	settings Settings
	looks    chan struct{} // one for each look that has not ended
}

// New returns a Capturer. What this process redacts from now on is marked with
// the key of the state directory.
func New(s Settings) *Capturer {
	redact.UseKey(s.Dir.RedactionKey())
	return &Capturer{settings: s, looks: make(chan struct{}, maxLooks)}
}

// Capture makes the event of one hook call. Bad input is no error: it becomes a
// hook_event that says what is wrong. An error tells of trouble with the
// session's state and comes with an event that is good but for its sequence
// number.
func (c *Capturer) Capture(ctx context.Context, in Input) (result Result, err error) {
	// A fault of ours in the face of some payload must not lose the event.
	defer func() {
		if p := recover(); p != nil {
			cause := fmt.Errorf("making the event panicked: %v", p)
			result, err = c.Undecodable(in, cause)
			err = errors.Join(cause, err)
		}
	}()
	p := hookevent.Decode(in.Payload, MaxPayloadBytes)
	if in.ReadError != nil {
		p = hookevent.Partial(in.Payload, in.ReadError)
	}
	session := p.SessionID()
	state := sessionstate.Open(c.settings.Dir.Sessions(), session)
	defer state.Close()
	known := state.Known()
	seen := c.look(ctx, in, p, known)
	if !seen.enabled && !known.Watched {
		return Result{}, nil
	}
	ec := hookevent.Context{
		Time:             in.Received,
		Transport:        in.Transport,
		Project:          seen.project,
		Enabled:          seen.enabled,
		Outside:          seen.outside,
		ScopeUnknown:     seen.late && p.Target() != "",
		File:             seen.file,
		Preview:          c.settings.PromptPreview && !in.NoPreview,
		TelemetryVersion: version.Version,
		User:             hostinfo.User(),
		PayloadBytes:     int64(len(in.Payload)),
		ClaudeVersion:    seen.version,
		SuperClaude:      known.SuperClaude,
	}
	if in.PayloadBytes > 0 {
		ec.PayloadBytes = in.PayloadBytes
	}
	if p.Err != nil {
		if ec.PayloadHash = in.PayloadSHA256; ec.PayloadHash == "" {
			ec.PayloadHash = hookevent.Digest(in.Payload)
		}
	}
	err = number(ctx, state, in, p, &ec)
	return Result{Event: hookevent.Build(p, ec), Watched: true}, err
}

// Undecodable is the event of a payload of which no more can be said in the time
// there is: its start is salvaged, nothing is looked up, and it has no sequence
// number. It records only where the installation or the marker says so.
func (c *Capturer) Undecodable(in Input, cause error) (Result, error) {
	p := hookevent.Partial(in.Payload, cause)
	project := claimedProject(in, sessionstate.State{})
	if !activated(in, project) {
		return Result{}, nil
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Result{}, errors.Join(cause, err)
	}
	hash := in.PayloadSHA256
	if hash == "" {
		hash = hookevent.Digest(in.Payload)
	}
	return Result{Watched: true, Event: hookevent.Build(p, hookevent.Context{
		Time: in.Received, ID: id.String(), Transport: in.Transport, Project: project, Enabled: true,
		TelemetryVersion: version.Version, User: hostinfo.User(),
		PayloadBytes: max(in.PayloadBytes, int64(len(in.Payload))), PayloadHash: hash,
	})}, nil
}

// doubleWindow is how long the same payload without a tool call's id counts as
// the same event: hooks registered twice run at once, while a notification may
// come again a minute later.
const doubleWindow = time.Second

// repeats reports events that truly come again with the same payload.
func repeats(hook string) bool {
	switch hook {
	case "FileChanged", "CwdChanged", "ConfigChange", "PermissionRequest":
		return true
	}
	return false
}

// number gives the event its id and sequence number and updates what is
// remembered of the session.
func number(ctx context.Context, state *sessionstate.Session, in Input, p hookevent.Payload, ec *hookevent.Context) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make event id: %w", err)
	}
	ec.ID = id.String()
	if p.SessionID() == "" {
		return nil
	}
	key := sessionstate.KeyOf(bytes.TrimSpace(in.Payload))
	err = state.Update(context.WithoutCancel(ctx), stateWait, func(s *sessionstate.State) bool {
		if seen, ok := s.Recent.Find(key); ok && (p.ToolUseID() != "" || !repeats(p.HookEvent()) && in.Received.Sub(seen.Time) < doubleWindow) {
			ec.ID, ec.Seq, ec.SuperClaude = seen.ID.String(), seen.Seq, superClaudeOf(s, p)
			return false
		}
		s.Seq++
		ec.Seq, ec.SeqRestart = s.Seq, s.Restarted
		s.Project, s.Watched, s.ClaudeVersion = ec.Project, true, ec.ClaudeVersion
		noteSuperClaude(s, p)
		ec.SuperClaude = superClaudeOf(s, p)
		s.Recent.Remember(sessionstate.Seen{Key: key, ID: id, Seq: s.Seq, Time: in.Received})
		return true
	})
	if err != nil {
		return fmt.Errorf("number event: %w", err)
	}
	return nil
}

// noteSuperClaude takes a prompt's SuperClaude context over for the calls that
// follow. A prompt without any (“yes, go on”) leaves the earlier one standing; a
// session that starts anew forgets it.
func noteSuperClaude(s *sessionstate.State, p hookevent.Payload) {
	if p.HookEvent() == "SessionStart" {
		if source := p.Text("source"); source == "startup" || source == "clear" {
			s.SuperClaude, s.SuperPrompt = superclaude.Context{}, ""
		}
		return
	}
	found := asked(p)
	if found.Empty() {
		return
	}
	if prompt := p.Text("prompt_id"); prompt != "" && prompt == s.SuperPrompt {
		found = s.SuperClaude.Merge(found)
	}
	s.SuperClaude, s.SuperPrompt = found, p.Text("prompt_id")
}

// asked is what a prompt or a slash command asks of SuperClaude.
func asked(p hookevent.Payload) superclaude.Context {
	if command := p.SlashCommand(); command != "" {
		return superclaude.Detect(command)
	}
	return superclaude.Detect(p.HumanPrompt())
}

// superClaudeOf is the context under which an event stands: the session's, but
// a prompt that asks nothing of SuperClaude does not show what an earlier one did.
func superClaudeOf(s *sessionstate.State, p hookevent.Payload) superclaude.Context {
	if p.SlashCommand() == "" && p.HumanPrompt() == "" || !asked(p).Empty() {
		return s.SuperClaude
	}
	return superclaude.Context{}
}
