package alerts

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWatch(t *testing.T) {
	s := newStage(t)
	all := sample()
	s.record(logs(all[:1]))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out, errOut buffer
	ended := make(chan error, 1)
	go func() {
		ended <- s.runIn(ctx, &out, &errOut, "watch", "--since", "30d", "--severity", "low,critical")
	}()
	require.Eventually(t, func() bool { return strings.Contains(out.String(), "opaque_command") }, 10*time.Second, 10*time.Millisecond)
	s.record(logs(all[1:]))
	require.Eventually(t, func() bool { return strings.Contains(out.String(), "sudoers_write") }, 10*time.Second, 10*time.Millisecond)
	require.NotContains(t, out.String(), "reverse_shell")

	// What is acknowledged is shown again, when it was shown.
	s.collector()
	s.ok("ack", all[2].ID, all[1].ID, "--by", "ana", "--reason", "as planned")
	require.Eventually(t, func() bool { return strings.Contains(out.String(), "acknowledged by ana: as planned") }, 10*time.Second, 10*time.Millisecond)
	require.Equal(t, 2, strings.Count(out.String(), "sudoers_write"))
	require.NotContains(t, out.String(), "reverse_shell")
	s.ok("ack", all[1].ID, "--by", "bea")
	cancel()
	require.NoError(t, <-ended)
	require.NotContains(t, out.String(), "bea", "the first counts")
}

// Acknowledgements may be read before their alerts; only so many are remembered.
func TestWatchInAnyOrder(t *testing.T) {
	var shown []Alert
	w := newWatcher(&filter{to: noon.Add(time.Hour)}, func(a *Alert) error { shown = append(shown, *a); return nil })
	require.NoError(t, w.acknowledgement(Acknowledgement{alertID: "a", ID: "1", By: "agent", FromAgent: true}))
	require.Empty(t, shown)
	require.NoError(t, w.alert(Alert{ID: "a", recordID: "a", Time: noon}))
	require.Equal(t, "agent", shown[0].Ack.By)
	require.NoError(t, w.acknowledgement(Acknowledgement{alertID: "a", ID: "1", By: "agent", FromAgent: true}))
	require.Len(t, shown, 1, "it is known")
	require.NoError(t, w.acknowledgement(Acknowledgement{alertID: "a", ID: "2", By: "ana", Time: noon}))
	require.Len(t, shown, 2)
	require.False(t, shown[1].open())
	require.NoError(t, w.acknowledgement(Acknowledgement{alertID: "a", ID: "3", By: "agent", FromAgent: true}))
	require.Len(t, shown, 2)
	for i := range maxWatched + 10 {
		require.NoError(t, w.acknowledgement(Acknowledgement{alertID: fmt.Sprint(i), ID: "x"}))
		require.NoError(t, w.alert(Alert{ID: fmt.Sprint("y", i), Time: noon}))
	}
	require.Len(t, w.acks.values, maxWatched)
	require.Len(t, w.shown.values, maxWatched)
}
