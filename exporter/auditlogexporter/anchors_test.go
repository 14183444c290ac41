package auditlogexporter

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/agent-telemetry/agent-telemetry/exporter/auditlogexporter/internal/metadatatest"
	"github.com/agent-telemetry/agent-telemetry/internal/anchor"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/auditverify"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/witness"
)

func load(t *testing.T, values map[string]any) (*Config, error) {
	t.Helper()
	cfg := createDefaultConfig().(*Config)
	if err := confmap.NewFromStringMap(values).Unmarshal(cfg); err != nil {
		return nil, err
	}
	return cfg, confmap.Validate(cfg)
}

func TestAnchorConfig(t *testing.T) {
	vkey, err := witness.Key(t.TempDir(), "w")
	require.NoError(t, err)
	cfg, err := load(t, map[string]any{"directory": "/x", "anchors": map[string]any{
		"nas":    map[string]any{"directory": map[string]any{"path": "/mnt/nas"}},
		"fast":   map[string]any{"interval": "5s", "https": map[string]any{"endpoint": "https://x.example/a", "bearer_token": "s3cret"}},
		"remote": map[string]any{"otlp": map[string]any{"endpoint": "https://x.example", "headers": map[string]any{"X-Scope-OrgID": "audit"}}},
		"tsa":    map[string]any{"rfc3161": map[string]any{"endpoint": "http://tsa.example"}},
		"other":  map[string]any{"witness": map[string]any{"endpoint": "https://w.example", "vkey": vkey, "timeout": "3s"}},
	}})
	require.NoError(t, err)
	assert.Len(t, cfg.Anchors, 5)
	assert.Equal(t, time.Minute, cfg.Anchors["nas"].Interval)
	assert.Equal(t, time.Hour, cfg.Anchors["tsa"].Interval)
	assert.Equal(t, 5*time.Second, cfg.Anchors["fast"].Interval)
	fast := cfg.Anchors["fast"]
	assert.Equal(t, 10*time.Second, fast.HTTPS.Get().Post.ClientConfig.Timeout)
	assert.NotContains(t, fmt.Sprintf("%+v", fast.HTTPS.Get()), "s3cret")
	other := cfg.Anchors["other"]
	assert.Equal(t, 3*time.Second, other.Witness.Get().Post.ClientConfig.Timeout)
}

func TestAllFaultsOfAnchorsAreNamed(t *testing.T) {
	_, err := load(t, map[string]any{"directory": "/x/audit", "anchors": map[string]any{
		"a":     map[string]any{"interval": "1ms"},
		"b":     map[string]any{"directory": map[string]any{"path": "y"}, "otlp": map[string]any{"endpoint": "http://x.example"}},
		"c d":   map[string]any{"directory": map[string]any{"path": "/y"}},
		"e":     map[string]any{"directory": map[string]any{"path": "/x/audit/anchors"}},
		"f":     map[string]any{"witness": map[string]any{"endpoint": "ftp://x"}},
		"other": map[string]any{"rfc3161": map[string]any{"policy": "x"}},
	}})
	for _, want := range []string{
		"anchors::a: must have one of", "interval: 1ms is not between", "anchors::b: must have one of", "anchors::b::directory: path: must be absolute",
		"anchors::b::otlp: endpoint: must be https", `anchors: "c d": a name`, "anchors::e::directory::path: must not lie in directory",
		"anchors::f::witness: endpoint: must be an http or https URL", "vkey: must be set", "anchors::other::rfc3161: endpoint: must be set", "policy: must be an OID",
	} {
		require.ErrorContains(t, err, want)
	}
	_, err = load(t, map[string]any{"directory": "/x", "anchors": map[string]any{"a": map[string]any{"command": "rm"}}})
	require.Error(t, err, "there is no such kind")
}

// The whole way: records are anchored while they are taken in, and what the
// places hold proves the log to an auditor.
func TestRecordsAreAnchored(t *testing.T) {
	cfg := testConfig(t)
	first := started(t, cfg) // makes the log, and the key that the witness is given
	require.NoError(t, first.ConsumeLogs(t.Context(), oneLog()))
	require.NoError(t, first.Shutdown(t.Context()))
	pub, err := os.ReadFile(filepath.Join(cfg.keyDirectory(), "audit.pub"))
	require.NoError(t, err)

	witnessDir := t.TempDir()
	w, err := witness.Open(witness.Options{Dir: witnessDir, Name: "w", Logs: []witness.LogConfig{{Keys: []string{string(pub)}}}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, w.Close()) })
	witnessServer := httptest.NewServer(w.Handler(1000))
	t.Cleanup(witnessServer.Close)
	var mu sync.Mutex
	var posted []string
	endpoint := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		posted = append(posted, string(b))
	}))
	t.Cleanup(endpoint.Close)
	elsewhere := t.TempDir()
	with, err := load(t, map[string]any{"directory": cfg.Directory, "anchors": map[string]any{
		"directory": map[string]any{"interval": "1s", "directory": map[string]any{"path": elsewhere, "allow_same_filesystem": true}},
		"endpoint":  map[string]any{"interval": "1s", "https": map[string]any{"endpoint": endpoint.URL}},
		"witness":   map[string]any{"interval": "1s", "witness": map[string]any{"endpoint": witnessServer.URL, "vkey": w.VKey()}},
		"gone":      map[string]any{"directory": map[string]any{"path": filepath.Join(elsewhere, "none"), "allow_same_filesystem": true}},
	}})
	require.NoError(t, err)
	tel := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, tel.Shutdown(context.Background())) })
	e, err := NewFactory().CreateLogs(t.Context(), metadatatest.NewSettings(tel), with)
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), componenttest.NewNopHost()))
	for i := range 50 {
		ld := oneLog()
		ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes().PutStr(semconv.EventID, fmt.Sprint("event", i))
		require.NoError(t, e.ConsumeLogs(t.Context(), ld))
	}
	require.Eventually(t, func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(posted) > 0
	}, 10*time.Second, 10*time.Millisecond)
	age, err := tel.GetMetric("otelcol_exporter_audit_log_anchor_age")
	require.NoError(t, err)
	assert.Len(t, age.Data.(metricdata.Gauge[float64]).DataPoints, 4)
	require.NoError(t, e.Shutdown(t.Context()))
	require.NoError(t, e.Shutdown(t.Context()))
	for _, name := range []string{"anchored_checkpoints", "anchored_records", "anchor_errors"} {
		_, err := tel.GetMetric("otelcol_exporter_audit_log_" + name)
		require.NoError(t, err)
	}

	checkpoints, err := auditlog.ReadCheckpoints(cfg.Directory)
	require.NoError(t, err)
	newest := checkpoints[len(checkpoints)-1]
	mu.Lock()
	assert.Equal(t, string(newest.Note), posted[len(posted)-1], "the last one, of the shutdown, too")
	mu.Unlock()
	for _, place := range []string{elsewhere, filepath.Join(witnessDir, "checkpoints")} {
		report, err := auditverify.Verify(t.Context(), auditverify.Options{
			Dir: cfg.Directory, VKey: string(pub), Anchors: []string{place},
		})
		require.NoError(t, err)
		assert.Equal(t, auditverify.Verified, report.Verdict, "%+v", report)
		assert.Equal(t, newest.Size, report.LastGoodAnchor.Size)
	}
	names := make(map[string]int)
	f, err := os.Open(filepath.Join(cfg.Directory, anchor.ReceiptsName))
	require.NoError(t, err)
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		r, err := anchor.ParseReceipt(lines.Bytes())
		require.NoError(t, err)
		names[r.Anchor]++
		assert.Equal(t, r.Anchor == "witness", len(r.Receipt) > 0)
	}
	assert.Len(t, names, 3)
}

// No anchor is on the way of an acknowledgement.
func TestAHungAnchorDelaysNothing(t *testing.T) {
	free := make(chan struct{})
	reached := make(chan struct{}, 1)
	hung := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		select {
		case reached <- struct{}{}:
		default:
		}
		<-free
	}))
	defer hung.Close()
	defer close(free)
	cfg, err := load(t, map[string]any{"directory": testConfig(t).Directory, "anchors": map[string]any{
		"hung": map[string]any{"interval": "1s", "https": map[string]any{"endpoint": hung.URL, "timeout": "10m"}},
	}})
	require.NoError(t, err)
	e := started(t, cfg)
	<-reached
	began := time.Now()
	require.NoError(t, e.ConsumeLogs(t.Context(), oneLog()))
	assert.Less(t, time.Since(began), 2*time.Second)
	began = time.Now()
	require.NoError(t, e.Shutdown(t.Context()))
	assert.Less(t, time.Since(began), 10*time.Second)
}

func TestAnAnchorThatCannotBeMadeStopsTheStart(t *testing.T) {
	cfg, err := load(t, map[string]any{"directory": testConfig(t).Directory, "anchors": map[string]any{
		"a": map[string]any{"directory": map[string]any{"path": "/y"}},
		"t": map[string]any{"rfc3161": map[string]any{"endpoint": "http://tsa.example", "ca_file": "/none"}},
	}})
	require.NoError(t, err)
	e, err := NewFactory().CreateLogs(t.Context(), metadatatest.NewSettings(componenttest.NewTelemetry()), cfg)
	require.NoError(t, err)
	require.ErrorContains(t, e.Start(t.Context(), componenttest.NewNopHost()), "anchors::t: ca_file: ")
	require.NoError(t, e.Shutdown(t.Context()))
}
