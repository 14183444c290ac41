package auditlogreceiver

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
)

// Records that cannot be taken from memory are read from the log, and those behind them
// come as ever.
func TestRecordsThatMemoryDoesNotGive(t *testing.T) {
	s := newStage(t, func(c *Config) { c.BodyFields = []string{"wanted"} }).openLog()
	s.start()
	s.append(0, 5)
	_, err := s.log.AppendFor(t.Context(), plog.Logs{}, pending("record 5")) // which panics when it is looked at
	require.NoError(t, err)
	s.append(6, 10)
	s.requireDelivered(make([]string, 10)) // nothing of their bodies is wanted
}
