package auditverify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/auditverify/logfixture"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

func TestAgainstARealLoki(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a real Loki")
	}
	bin, err := harness.FindBinaries()
	require.NoError(t, err)
	server, err := harness.NewLoki(bin, t.TempDir(), nil)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	require.NoError(t, server.Start(ctx))
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	client, err := lokiquery.FromEnv(server.URL)
	require.NoError(t, err)

	dir := t.TempDir() + "/audit"
	w, err := logfixture.New(logfixture.Options{Dir: dir, Start: time.Now().Add(-30 * time.Minute).UTC(), Step: time.Second})
	require.NoError(t, err)
	for i := range 600 {
		require.NoError(t, w.Event("s", i+1))
	}
	_, err = w.Checkpoint()
	require.NoError(t, err)
	require.NoError(t, w.Close())
	l := testLog{dir: dir, vkey: w.VKey, end: time.Now()}
	var events []auditlog.Entry
	require.NoError(t, auditlog.Read(ctx, dir, auditlog.Filter{}, func(e auditlog.Entry) error { events = append(events, e); return nil }))
	push := func(entries ...auditlog.Entry) {
		t.Helper()
		var values []any
		for _, e := range entries {
			values = append(values, []any{strconv.FormatInt(e.When().UnixNano(), 10), "line", map[string]string{semconv.MetadataEventID: e.Attribute(semconv.EventID)}})
		}
		body, err := json.Marshal(map[string]any{"streams": []any{map[string]any{"stream": map[string]string{semconv.LabelService: semconv.ServiceNameValue, "n": fmt.Sprint(len(entries))}, "values": values}}})
		require.NoError(t, err)
		res, err := http.Post(server.URL+"/loki/api/v1/push", "application/json", bytes.NewReader(body))
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, http.StatusNoContent, res.StatusCode)
	}
	answer := func() *CheckResult {
		t.Helper()
		return l.verify(t, noAnchor, func(o *Options) { o.Loki = client }).Result(CheckLoki)
	}
	require.Equal(t, Warn, answer().Status, "Loki is empty")
	push(events[:599]...)
	require.Equal(t, Warn, answer().Status, "one is missing")
	push(events[599])
	got := answer()
	require.Equal(t, Pass, got.Status, "%+v", got)
	extra := events[300]
	extra.Attributes[semconv.EventID] = "forged"
	push(extra, extra)
	got = answer()
	require.Equal(t, Warn, got.Status)
	require.Contains(t, got.Findings[0].Message, "reconcile")
}
