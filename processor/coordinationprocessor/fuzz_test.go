package coordinationprocessor

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination/live"
	"github.com/agent-telemetry/agent-telemetry/processor/coordinationprocessor/internal/metadata"
)

// Whatever stands in the state's second file, the processor starts, and works.
func FuzzLog(f *testing.F) {
	f.Add([]byte("{\"file\":1,\"log\":\"l\",\"first\":5,\"now\":2000000000000000000,\"events\":[{\"s\":\"a\",\"e\":{\"i\":\"x\",\"t\":5,\"k\":5,\"a\":\"b\"}}]}\n{\"file\":1,\"quiet\":7}\n"))
	f.Add([]byte("{\"file\":0}\nhalf"))
	f.Add([]byte("\n\n"))
	f.Fuzz(func(t *testing.T, log []byte) {
		cfg := createDefaultConfig().(*Config)
		cfg.StateFile = filepath.Join(t.TempDir(), "state")
		var state bytes.Buffer
		require.NoError(t, live.NewTracker(live.Limits{}).Encode(&state, live.Place{File: 1}))
		require.NoError(t, os.WriteFile(cfg.StateFile, state.Bytes(), 0o600))
		require.NoError(t, os.WriteFile(cfg.StateFile+".log", log, 0o600))
		p, err := newProcessor(processortest.NewNopSettings(metadata.Type), cfg, new(consumertest.LogsSink))
		require.NoError(t, err)
		require.NoError(t, p.Start(t.Context(), componenttest.NewNopHost()))
		e := entry{Quiet: 9}
		p.mu.Lock()
		p.take(t.Context(), &e)
		require.False(t, p.state.bad)
		p.mu.Unlock()
		require.NoError(t, p.Shutdown(t.Context()))
	})
}
