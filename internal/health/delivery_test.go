package health

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditcursor"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

func TestReadDelivery(t *testing.T) {
	home := statedir.Dir(filepath.Join(t.TempDir(), "[state]"))
	require.NoError(t, home.Create())
	found, err := ReadDelivery(t.Context(), home)
	require.NoError(t, err)
	require.Empty(t, found)

	log, err := auditlog.Open(home.Audit(), auditlog.Options{KeyDir: home.Keys()})
	require.NoError(t, err)
	receipt, err := log.Append(t.Context(), auditlog.Pending{JSON: []byte(`{"kind":"log"}`)}, auditlog.Pending{JSON: []byte(`{"kind":"log"}`)})
	require.NoError(t, err)
	id := log.Status().LogID

	hourAgo := time.Now().Add(-time.Hour)
	for name, c := range map[string]auditcursor.Cursor{
		"audit_log/behind": {Log: id, NextSeq: receipt.FirstSeq, CaughtUp: hourAgo, Skipped: 3, Refused: 4},
		"audit_log/done":   {Log: id, NextSeq: receipt.FirstSeq + 2, CaughtUp: hourAgo},
		"audit_log/other":  {Log: "another", NextSeq: 1_000},
	} {
		require.NoError(t, auditcursor.Write(auditcursor.File(home.Queue(), name), c))
	}
	require.NoError(t, os.WriteFile(auditcursor.File(home.Queue(), "audit_log/bad"), []byte("{"), 0o600))
	found, err = ReadDelivery(t.Context(), home)
	require.NoError(t, err)
	require.Len(t, found, 4)
	byName := map[string]Delivery{}
	for _, d := range found {
		byName[d.Name] = d
	}
	behind := byName["audit_log/behind"]
	require.EqualValues(t, 2, behind.Behind)
	require.InDelta(t, 3600, behind.Waiting, 60)
	require.EqualValues(t, 3, behind.Skipped)
	require.EqualValues(t, 4, behind.Refused)
	require.Zero(t, byName["audit_log/done"].Behind)
	require.Zero(t, byName["audit_log/done"].Waiting)
	require.Equal(t, receipt.FirstSeq+2, byName["audit_log/other"].Behind, "the whole log")
	require.Contains(t, byName["audit_log/bad"].Error, "no cursor")
	require.NoError(t, log.Close())
}
