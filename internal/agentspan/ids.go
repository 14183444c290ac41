package agentspan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/agent-telemetry/agent-telemetry/internal/hookevent"
)

// ID is the id of a span.
type ID [8]byte

// TraceID is the trace of a session: the first 16 bytes of SHA-256(session id). It is
// that of the session's log records.
func TraceID(session string) [16]byte { return hookevent.TraceID(session) }

// CallID is the span of a tool call: the first 8 bytes of SHA-256(tool_use_id). It is
// that of the call's log records.
func CallID(toolUse string) ID { return hookevent.SpanID(toolUse) }

// SessionID is the span of a session, the root of its trace: the first 8 bytes of
// SHA-256 of "session", a zero byte and the session's id.
func SessionID(session string) ID { return idOf("session", session) }

// TurnID is the span of a turn: the same of "turn", the session's id and the prompt's
// id, with zero bytes between them.
func TurnID(session, prompt string) ID { return idOf("turn", session, prompt) }

// AgentID is the span of an agent: the same of "agent", the session's id and the
// agent's id.
func AgentID(session, agent string) ID { return idOf("agent", session, agent) }

func idOf(parts ...string) (id ID) {
	buf := make([]byte, 0, 128)
	for i, p := range parts {
		if i > 0 {
			buf = append(buf, 0)
		}
		buf = append(buf, p...)
	}
	sum := sha256.Sum256(buf)
	copy(id[:], sum[:])
	return id
}

// String is the id in hex.
func (i ID) String() string { return hex.EncodeToString(i[:]) }

// MarshalText implements encoding.TextMarshaler.
func (i ID) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, i[:]), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (i *ID) UnmarshalText(text []byte) error {
	raw, err := hex.DecodeString(string(text))
	if err != nil || len(raw) != len(i) {
		return fmt.Errorf("read a span's id: %.20q is not one", text)
	}
	copy(i[:], raw)
	return nil
}
