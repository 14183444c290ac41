package auditlogexporter

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/google/uuid"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// nativeIDs is the name space of the ids that native records are given.
var nativeIDs = uuid.MustParse("0f6a3c5e-7d0b-4c2a-9a44-6b1c1f0e5d27")

// eventID returns a record's event id, "" when it has none. A record of Claude Code's
// own telemetry, which comes without one, is given one: its sender numbers the events
// of a session and sends again what was not acknowledged, so that a collector which
// is killed before it answers would have them twice, and count their cost twice.
func eventID(r plog.LogRecord) string {
	a := r.Attributes()
	if v, ok := a.Get(semconv.EventID); ok {
		return v.Str()
	}
	if r.Timestamp() == 0 {
		return ""
	}
	var key []byte
	for _, name := range []string{semconv.NativeEventName, semconv.SessionID, semconv.NativeSequence} {
		v, ok := a.Get(name)
		if !ok {
			return ""
		}
		text := v.AsString()
		key = append(binary.BigEndian.AppendUint64(key, uint64(len(text))), text...)
	}
	key = binary.BigEndian.AppendUint64(key, uint64(r.Timestamp()))
	id := uuid.NewHash(sha256.New(), nativeIDs, key, 8).String()
	a.PutStr(semconv.EventID, id)
	return id
}
