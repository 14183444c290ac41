package events

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Loki gives what has the same time in no order.
func TestAnAlertStandsBehindItsEvent(t *testing.T) {
	at := time.Date(2026, 1, 15, 9, 30, 0, 0, time.UTC)
	want := []Row{
		{Time: at, EventID: "z", Event: "command_execution", Seq: "9"},
		{Time: at, EventID: "b", Event: "command_execution", Seq: "10"},
		{Time: at, EventID: "a", Event: "security_alert", Seq: "0"},
		{Time: at, EventID: "c", Event: "security_alert", Seq: "0"},
		{Time: at, EventID: "0", Event: "alert_acknowledged", Seq: "0"},
		{Time: at.Add(1), EventID: "0", Event: "file_read", Seq: json.Number("1")},
	}
	for i := range want {
		got := append(slices.Clone(want[i:]), want[:i]...)
		slices.SortStableFunc(got, compare)
		require.Equal(t, want, got)
		slices.Reverse(got)
		slices.SortStableFunc(got, compare)
		require.Equal(t, want, got)
	}
}
