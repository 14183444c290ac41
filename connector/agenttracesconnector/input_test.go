package agenttracesconnector

import (
	"encoding/hex"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"google.golang.org/protobuf/proto"

	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

// Others read the same records: they are not changed, and nothing of them is used when
// the connector has returned.
func TestRecordsAreOnlyRead(t *testing.T) {
	at := time.Now().Add(-3 * time.Hour)
	list := append(recorded.Sessions(at), events(4)...)
	spans := func(give func(c *stand, ld plog.Logs)) map[string]string {
		s := &sink{t: t}
		c := newStand(t, s, nil)
		require.False(t, c.Capabilities().MutatesData)
		for _, ld := range list {
			own := plog.NewLogs()
			ld.CopyTo(own)
			give(c, own)
		}
		for range 60 {
			c.at = c.at.Add(time.Hour)
			c.tick(t.Context())
		}
		require.NoError(t, s.Check())
		require.NoError(t, c.Shutdown(t.Context()))
		all := map[string]string{}
		for _, sp := range s.All() {
			raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(sp.Span)
			require.NoError(t, err)
			all[hex.EncodeToString(sp.TraceId)+sp.ID()] = string(raw)
		}
		return all
	}
	want := spans(func(c *stand, ld plog.Logs) { require.NoError(t, c.ConsumeLogs(t.Context(), ld)) })
	require.NotEmpty(t, want)
	require.Equal(t, want, spans(func(c *stand, ld plog.Logs) {
		ld.MarkReadOnly() // who changes it panics
		require.NoError(t, c.ConsumeLogs(t.Context(), ld))
	}))
	require.Equal(t, want, spans(func(c *stand, ld plog.Logs) {
		require.NoError(t, c.ConsumeLogs(t.Context(), ld))
		wreck(ld)
	}))
}

// wreck overwrites records, as their owner may.
func wreck(ld plog.Logs) {
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				for _, v := range lr.Attributes().All() {
					v.SetStr("wrecked")
				}
				lr.Body().SetStr("wrecked")
			}
		}
		for _, v := range rl.Resource().Attributes().All() {
			v.SetStr("wrecked")
		}
	}
}

// Whoever shuts down twice, or what was never started, is answered, and nothing is sent.
func TestShutDownTwice(t *testing.T) {
	s := &sink{t: t}
	c := newStand(t, s, nil)
	require.NoError(t, c.Shutdown(t.Context()))
	require.NoError(t, c.Start(t.Context(), nil))
	require.NoError(t, c.Start(t.Context(), nil))
	require.NoError(t, c.Shutdown(t.Context()))
	require.NoError(t, c.Shutdown(t.Context()))
	require.Empty(t, s.All())
}
