package otlplogs_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/otlplogs"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/hookrequest"
)

// BenchmarkDecodeCaptured decodes what claude-hook sends of an edit and of a command, with
// another event id and session each time, as they come.
func BenchmarkDecodeCaptured(b *testing.B) {
	var requests [][]byte
	size := 0
	for _, name := range hookrequest.Pipeline() {
		raw := string(hookrequest.JSON(b, name))
		for i := range 64 {
			session := fmt.Sprintf("%s%02d", hookrequest.Session[:len(hookrequest.Session)-2], i%16)
			requests = append(requests, []byte(strings.ReplaceAll(raw, hookrequest.Session, session)))
		}
		size += len(raw)
	}
	for i := range requests {
		// The event's id, wherever it stands, differs from one to the next.
		requests[i] = withID(b, requests[i], i)
	}
	b.SetBytes(int64(size / 2))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, ok := otlplogs.Decode(requests[i%2*64+i/2%64]); !ok {
			b.Fatal("not decoded")
		}
	}
}

func withID(b *testing.B, raw []byte, n int) []byte {
	b.Helper()
	_, rest, ok := strings.Cut(string(raw), `"`+semconv.EventID+`","value":{"stringValue":"`)
	require.True(b, ok)
	id, _, _ := strings.Cut(rest, `"`)
	return []byte(strings.ReplaceAll(string(raw), id, fmt.Sprintf("%s%06x", id[:len(id)-6], n)))
}
