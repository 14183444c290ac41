package stackcmd

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAlertCounts(t *testing.T) {
	got := countsOf([]byte(`{"resultType":"vector","result":[{"metric":{"severity":"high"},"value":[1700000000.1,"12"]},` +
		`{"metric":{"severity":"\u001b[31m"},"value":[1,"3"]},{"metric":{"severity":"low"},"value":[1,"x"]},{"metric":{},"value":[1]}]}`))
	require.Equal(t, map[string]int{"critical": 0, "high": 12, "medium": 0, "low": 0}, got)
	require.Equal(t, "12 high in 24 hours: see `agent-telemetry alerts show`", alertsText(got))
	require.Equal(t, "none in 24 hours", alertsText(countsOf([]byte(`{}`))))
	require.Nil(t, countsOf([]byte(`[]`)))
}
