package coordinationprocessor

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
)

func TestConfigNamesEveryFault(t *testing.T) {
	require.NoError(t, componenttest.CheckConfigStruct(createDefaultConfig()))
	require.NoError(t, createDefaultConfig().(*Config).Validate())
	err := (&Config{StateFile: "here", Settle: 2 * time.Hour, SessionIdle: time.Hour, ConflictWindow: -1, MaxCalls: 100_001, MaxMemoryMiB: 2_000}).Validate()
	for _, part := range []string{
		"state_file: must be an absolute path", "settle: must be 1s to 1h", "session_idle: must be at least settle", "conflict_window: must be",
		"max_sessions: must be 1 to 100000, is 0", "max_calls: must be 1 to 100000", "max_memory_mib: must be 1 to 1024",
	} {
		require.ErrorContains(t, err, part)
	}
}
