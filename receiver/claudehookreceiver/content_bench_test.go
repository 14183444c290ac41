package claudehookreceiver

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/eventjson"
	"github.com/agent-telemetry/agent-telemetry/internal/hookevent"
	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
)

// typicalRequest is an event of some 6 KB, as most are.
func typicalRequest() []byte {
	payload := hookfixtures.Named("files/edit-post").PayloadIn("/srv/projects/shop", "session")
	return eventjson.Request(hookevent.Build(hookevent.Decode(payload, 1<<20), hookevent.Context{ID: "0190a8c0-0000-7000-8000-000000000001"}))
}

func BenchmarkCheckJSON(b *testing.B) {
	raw := typicalRequest()
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if err := checkJSON(raw); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkIdentify(b *testing.B) {
	ld, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs(typicalRequest())
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		if len(identify(ld)) != 1 {
			b.Fatal("no event")
		}
	}
}
