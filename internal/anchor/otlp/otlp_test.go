package otlp

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"

	"github.com/agent-telemetry/agent-telemetry/internal/anchor/anchortest"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

func send(t *testing.T, c auditlog.Checkpoint, path string, h http.HandlerFunc) (retry bool, err error) {
	t.Helper()
	s := httptest.NewServer(h)
	defer s.Close()
	cfg := NewDefaultConfig()
	cfg.Post.ClientConfig.Endpoint = s.URL + path
	require.NoError(t, cfg.Validate())
	o, err := New(t.Context(), cfg, anchortest.Settings(t.TempDir()))
	require.NoError(t, err)
	defer func() { require.NoError(t, o.Close()) }()
	receipt, retry, err := o.Anchor(t.Context(), c)
	assert.Empty(t, receipt)
	return retry, err
}

func answer(t *testing.T, w http.ResponseWriter, rejected int64) {
	t.Helper()
	response := plogotlp.NewExportResponse()
	response.PartialSuccess().SetRejectedLogRecords(rejected)
	if rejected > 0 {
		response.PartialSuccess().SetErrorMessage("too old")
	}
	b, err := response.MarshalProto()
	assert.NoError(t, err)
	w.Header().Set("Content-Type", contentType)
	_, _ = w.Write(b)
}

func TestTheRecordHoldsTheNote(t *testing.T) {
	c := anchortest.NewSigner(t, 0).Checkpoint(t, 3, anchortest.NewTree("a", 3).Root(3))
	for _, path := range []string{"", "/", "/v1/logs"} {
		got := plogotlp.NewExportRequest()
		_, err := send(t, c, path, func(w http.ResponseWriter, r *http.Request) {
			assert.Equal(t, logsPath, r.URL.Path)
			b, err := io.ReadAll(r.Body)
			assert.NoError(t, err)
			assert.NoError(t, got.UnmarshalProto(b))
			answer(t, w, 0)
		})
		require.NoError(t, err)
		r := got.Logs().ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
		assert.Equal(t, semconv.AuditCheckpointEvent, r.EventName())
		parsed, err := auditlog.ParseCheckpoint([]byte(r.Body().Str()))
		require.NoError(t, err)
		assert.Equal(t, c, parsed)
		id, _ := r.Attributes().Get(semconv.AuditLogID)
		assert.Equal(t, anchortest.LogID, id.Str())
	}
}

func TestWhatIsNoSuccess(t *testing.T) {
	c := anchortest.NewSigner(t, 0).Checkpoint(t, 3, anchortest.NewTree("a", 3).Root(3))
	for name, tc := range map[string]struct {
		handler http.HandlerFunc
		retry   bool
		err     string
	}{
		"rejected":     {func(w http.ResponseWriter, _ *http.Request) { answer(t, w, 1) }, false, `rejected the record: "too old"`},
		"a login page": {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }, true, `it is "text/html`},
		"garbage": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			_, _ = io.WriteString(w, "\xff\xff")
		}, true, "read the answer"},
		"busy":    {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) }, true, "429"},
		"refused": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadRequest) }, false, "400"},
	} {
		t.Run(name, func(t *testing.T) {
			retry, err := send(t, c, "", tc.handler)
			require.ErrorContains(t, err, tc.err)
			assert.Equal(t, tc.retry, retry)
		})
	}
}
