package grafana_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/rollup"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
	"github.com/agent-telemetry/agent-telemetry/test/lokipush"
)

// rule is an alert rule as Grafana's file provisioning reads it.
type rule struct {
	UID, Title, Condition, For string
	NoDataState                string `yaml:"noDataState"`
	ExecErrState               string `yaml:"execErrState"`
	Labels, Annotations        map[string]string
	Data                       []struct {
		RefID             string                 `yaml:"refId"`
		RelativeTimeRange struct{ From, To int } `yaml:"relativeTimeRange"`
		DatasourceUID     string                 `yaml:"datasourceUid"`
		Model             struct {
			RefID      string `yaml:"refId"`
			QueryType  string `yaml:"queryType"`
			EditorMode string `yaml:"editorMode"`
			Expr       string
			Type       string
			Expression string
			Conditions []struct {
				Evaluator struct {
					Type   string
					Params []float64
				}
			}
		}
	}
}

func rules(t *testing.T) []rule {
	t.Helper()
	var f struct {
		APIVersion int `yaml:"apiVersion"`
		Groups     []struct {
			OrgID                  int `yaml:"orgId"`
			Name, Folder, Interval string
			Rules                  []rule
		}
	}
	decode(t, "alerting/rules.yaml", &f)
	require.Len(t, f.Groups, 1)
	return f.Groups[0].Rules
}

func TestRulesAreWholeAndDiffer(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range rules(t) {
		require.False(t, seen[r.UID] || seen[r.Title], r.UID)
		seen[r.UID], seen[r.Title] = true, true
		require.LessOrEqual(t, len(r.UID), 40)
		require.Contains(t, []string{"OK", "Alerting", "NoData"}, r.NoDataState, r.UID)
		require.Contains(t, []string{"OK", "Alerting", "Error"}, r.ExecErrState, r.UID)
		_, err := time.ParseDuration(r.For)
		require.NoError(t, err)
		require.Len(t, r.Data, 2)
		a, b := r.Data[0], r.Data[1]
		require.Equal(t, "A", a.RefID)
		require.Equal(t, "A", a.Model.RefID)
		require.Equal(t, "instant", a.Model.QueryType)
		require.Positive(t, a.RelativeTimeRange.From)
		require.Equal(t, r.Condition, b.RefID)
		require.Equal(t, b.RefID, b.Model.RefID)
		require.Equal(t, "__expr__", b.DatasourceUID)
		require.Equal(t, "threshold", b.Model.Type)
		require.Equal(t, "A", b.Model.Expression)
		require.Equal(t, "agent-telemetry", r.Labels["service"])
		require.NotEmpty(t, r.Annotations["summary"])
	}
}

// firing says which rules fire, with the labels of what they found.
func firing(t *testing.T, loki string, at time.Time) map[string][]map[string]string {
	t.Helper()
	found := map[string][]map[string]string{}
	for _, r := range rules(t) {
		e := r.Data[1].Model.Conditions[0].Evaluator
		samples := ask(t, loki, r.Data[0].Model.Expr, at)
		for _, s := range samples {
			if e.Type == "gt" && s.value > e.Params[0] || e.Type == "lt" && s.value < e.Params[0] {
				found[r.UID] = append(found[r.UID], s.labels)
			}
		}
		if len(samples) == 0 && r.NoDataState == "Alerting" {
			found[r.UID] = append(found[r.UID], nil)
		}
	}
	return found
}

type sample struct {
	labels map[string]string
	value  float64
}

func ask(t *testing.T, loki, expr string, at time.Time) (samples []sample) {
	t.Helper()
	resp, err := http.Get(loki + "/loki/api/v1/query?" + url.Values{"query": {expr}, "time": {strconv.FormatInt(at.UnixNano(), 10)}}.Encode())
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, http.StatusOK, resp.StatusCode, expr)
	var answer struct {
		Data struct {
			ResultType string
			Result     []struct {
				Metric map[string]string
				Value  [2]any
			}
		}
	}
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&answer))
	require.Equal(t, "vector", answer.Data.ResultType)
	for _, r := range answer.Data.Result {
		v, err := strconv.ParseFloat(r.Value[1].(string), 64)
		require.NoError(t, err)
		samples = append(samples, sample{r.Metric, v})
	}
	return samples
}

// world is a Loki and what happened at some time.
type world struct {
	t               *testing.T
	events, rollups *lokipush.Exporter
	url             string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	if testing.Short() {
		t.Skip("runs a real Loki: not with -short")
	}
	bin, err := harness.FindBinaries()
	if err != nil {
		t.Skip(err)
	}
	loki, err := harness.NewLoki(bin, t.TempDir(), nil)
	require.NoError(t, err)
	require.NoError(t, loki.Start(t.Context()))
	w := &world{t: t, url: loki.URL}
	w.events, err = lokipush.New(t.Context(), loki.URL, lokipush.Events)
	require.NoError(t, err)
	w.rollups, err = lokipush.New(t.Context(), loki.URL, lokipush.Rollups)
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, w.events.Close())
		require.NoError(t, w.rollups.Close())
		require.NoError(t, loki.Stop())
	})
	return w
}

// health is what the collector told of itself in the last twenty minutes before at.
func (w *world) health(at time.Time, last time.Duration, spool func(minute int) int64, waiting, lost int64) {
	l := rollup.NewLogs()
	for m := range 20 {
		when := at.Add(time.Duration(m-20) * time.Minute)
		if at.Sub(when) < last {
			continue
		}
		var line, delivery rollup.Line
		line.Text(semconv.RollupFieldHost, "devbox")
		line.State(semconv.HealthSpoolFiles, spool(m))
		line.State(semconv.HealthHookLost, lost)
		l.Append(semconv.RollupHealth, "", when, line.String())
		delivery.Text(semconv.RollupFieldHost, "devbox")
		delivery.Text(semconv.RollupFieldReceiver, "audit_log/loki")
		delivery.State(semconv.DeliveryBehind, 3)
		delivery.State(semconv.DeliveryWaiting, waiting)
		l.Append(semconv.RollupDelivery, "", when, delivery.String())
	}
	require.NoError(w.t, w.rollups.Push(w.t.Context(), l.Logs))
}

func (w *world) alert(at time.Time, severity string) {
	ld := plog.NewLogs()
	securityalert.Append(ld, securityalert.Alert{
		ID: "1", Time: at, Severity: severity, Rule: "delete-root", RuleID: "r", ProjectName: "shop", Session: "s1", RiskScore: 90,
	}, securityalert.Origin{Resource: pcommon.NewResource()}, at)
	require.NoError(w.t, w.events.Push(w.t.Context(), ld))
}

// event is one of a session, of its hooks or of Claude Code's own telemetry.
func (w *world) event(at time.Time, service, session string) {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr(semconv.ServiceName, service)
	lr := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	lr.SetTimestamp(pcommon.NewTimestampFromTime(at))
	lr.Attributes().PutStr(semconv.SessionID, session)
	lr.Attributes().PutStr(semconv.EventType, "tool_use")
	lr.Body().SetStr("x")
	require.NoError(w.t, w.events.Push(w.t.Context(), ld))
}

func still(int) int64 { return 7 }

func TestNoRuleFiresWhenAllIsWell(t *testing.T) {
	w, now := newWorld(t), time.Now()
	w.health(now, 0, still, 2, 0)
	w.alert(now.Add(-time.Minute), semconv.SeverityMedium)
	w.alert(now.Add(-time.Hour), semconv.SeverityCritical)
	w.event(now.Add(-time.Minute), semconv.ServiceNameValue, "s1")
	w.event(now.Add(-time.Minute), "claude-code", "s1")
	require.Empty(t, firing(t, w.url, now))
}

func TestRulesFire(t *testing.T) {
	w, now := newWorld(t), time.Now()
	w.health(now, 0, func(m int) int64 { return int64(m * 10) }, 900, 3)
	w.alert(now.Add(-time.Minute), semconv.SeverityCritical)
	w.alert(now.Add(-2*time.Minute), semconv.SeverityHigh)
	w.event(now.Add(-time.Minute), "claude-code", "unwatched")
	found := firing(t, w.url, now)
	require.Equal(t, []map[string]string{{"project": "shop", "rule": "delete-root"}}, found["agent-telemetry-critical"])
	require.Equal(t, []map[string]string{{"project": "shop", "rule": "delete-root"}}, found["agent-telemetry-high"])
	require.Equal(t, []map[string]string{{"host": "devbox", "receiver": "audit_log/loki"}}, found["agent-telemetry-stalled"])
	require.Equal(t, []map[string]string{{"host": "devbox"}}, found["agent-telemetry-spool"])
	require.Equal(t, []map[string]string{{"host": "devbox"}}, found["agent-telemetry-lost"])
	require.Len(t, found["agent-telemetry-unwatched"], 1)
	require.Empty(t, found["agent-telemetry-silent"])
}

func TestSilenceIsHeard(t *testing.T) {
	w, now := newWorld(t), time.Now()
	require.Len(t, firing(t, w.url, now)["agent-telemetry-silent"], 1, "nothing was ever heard")
	w.health(now, 12*time.Minute, still, 0, 0)
	found := firing(t, w.url, now)
	require.Len(t, found["agent-telemetry-silent"], 1)
	require.Len(t, found, 1)
}
