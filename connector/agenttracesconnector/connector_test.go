package agenttracesconnector

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/agent-telemetry/agent-telemetry/connector/agenttracesconnector/internal/metadata"
	"github.com/agent-telemetry/agent-telemetry/internal/agentspan/spantest"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/eventgen"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

var errAway = errors.New("the trace store is away")

// sink is what stands behind the connector.
type sink struct {
	spantest.Store
	t      testing.TB
	fail   error // what it answers
	failed int
}

func (s *sink) consumer() consumer.Traces {
	c, err := consumer.NewTraces(func(_ context.Context, td ptrace.Traces) error {
		if s.fail != nil {
			s.failed++
			return s.fail
		}
		raw, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(td)
		require.NoError(s.t, err)
		return s.Add(raw)
	})
	require.NoError(s.t, err)
	return c
}

// stand is a connector that is not started: a test says when time passes.
type stand struct {
	*agentTraces
	tel  *componenttest.Telemetry
	logs *observer.ObservedLogs
	at   time.Time
}

func newStand(t *testing.T, s *sink, change func(*Config)) *stand {
	t.Helper()
	cfg := createDefaultConfig().(*Config)
	if change != nil {
		change(cfg)
	}
	require.NoError(t, cfg.Validate())
	tel := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, tel.Shutdown(context.Background())) })
	set := connectortest.NewNopSettings(metadata.Type)
	set.TelemetrySettings = tel.NewTelemetrySettings()
	core, logs := observer.New(zap.WarnLevel)
	set.Logger = zap.New(core)
	c, err := newConnector(cfg, set, s.consumer())
	require.NoError(t, err)
	st := &stand{agentTraces: c, tel: tel, logs: logs, at: time.Now()}
	c.now = func() time.Time { return st.at }
	return st
}

// number is the sum of a metric.
func (s *stand) number(t *testing.T, name string) (n int64) {
	t.Helper()
	m, err := s.tel.GetMetric("otelcol_connector_agent_traces_" + name)
	if err != nil {
		return 0
	}
	return sumOf(t, m)
}

func events(seed uint64) (list []plog.Logs) {
	g := eventgen.New(eventgen.Options{Seed: seed, Events: 2_000, Sessions: 8, Batch: 50, Span: 6 * time.Hour})
	for ld := range g.All() {
		list = append(list, ld)
	}
	return list
}

// ended counts the calls that have ended in events.
func ended(list []plog.Logs) int {
	n := 0
	for _, ld := range list {
		for _, rl := range ld.ResourceLogs().All() {
			for _, sl := range rl.ScopeLogs().All() {
				for _, lr := range sl.LogRecords().All() {
					hook, isHook := lr.Attributes().Get(semconv.HookEvent)
					if _, isCall := lr.Attributes().Get(semconv.ToolCallID); isHook && isCall && hook.Str() != "PreToolUse" {
						n++
					}
				}
			}
		}
	}
	return n
}

// calls counts the spans of such calls.
func calls(s *spantest.Store) (n int) {
	for _, sp := range s.All() {
		if strings.HasPrefix(sp.Name, "execute_tool") && sp.Text(semconv.SpanNoEnd) == "" {
			n++
		}
	}
	return n
}

// What is not taken comes again with the next try; nothing is lost and nothing doubled.
func TestATraceStoreThatIsAway(t *testing.T) {
	s := &sink{t: t}
	c := newStand(t, s, nil)
	list := events(1)
	for i, ld := range list {
		if i%3 == 1 {
			s.fail = errAway
			for range 3 {
				if err := c.ConsumeLogs(t.Context(), ld); err != nil { // it finishes a span
					require.ErrorIs(t, err, errAway)
				}
				c.tick(t.Context())
			}
			s.fail = nil
		}
		require.NoError(t, c.ConsumeLogs(t.Context(), ld))
	}
	require.Equal(t, ended(list), calls(&s.Store))
	require.Positive(t, s.failed)
	s.fail = errAway
	c.at = c.at.Add(time.Hour)
	c.tick(t.Context())
	s.fail = nil
	c.at = c.at.Add(time.Hour)
	for range 60 { // a day goes by, beginning when spans are taken again
		c.at = c.at.Add(time.Hour)
		c.tick(t.Context())
	}
	require.NoError(t, s.Check())
	require.Positive(t, s.failed)
	require.EqualValues(t, s.failed, c.number(t, "send_failures"))
	require.EqualValues(t, len(s.All()), c.number(t, "spans"))
	require.Zero(t, c.number(t, "open"))
	require.Zero(t, c.number(t, "refused"))
	require.NoError(t, c.Shutdown(t.Context()))
}

func TestSpansThatAreRefusedForGoodHoldNothingUp(t *testing.T) {
	s := &sink{t: t, fail: consumererror.NewPermanent(errAway)}
	c := newStand(t, s, nil)
	list := events(2)
	for _, ld := range list {
		require.NoError(t, c.ConsumeLogs(t.Context(), ld))
	}
	require.Positive(t, c.number(t, "refused"))
	require.Zero(t, c.number(t, "spans"))
	require.Len(t, c.logs.All(), 1, "it is said once a minute")
	require.NoError(t, c.Shutdown(t.Context()))
}

// A collector that is killed takes up the state that it wrote last and is given again
// what came since; one that is stopped loses nothing that waits for a store.
func TestRestarts(t *testing.T) {
	state := filepath.Join(t.TempDir(), "run", "traces.state")
	with := func(cfg *Config) { cfg.StateFile = state }
	s := &sink{t: t}
	list := events(3)
	c := newStand(t, s, with)
	at := c.at
	var again []plog.Logs // what the state does not hold
	for i, ld := range list {
		switch i % 7 {
		case 3: // stopped, while the store is away
			s.fail = errAway
			_ = c.ConsumeLogs(t.Context(), ld) // which fails when it finishes a span
			_, c.stop = context.WithCancel(t.Context())
			require.NoError(t, c.Shutdown(t.Context()))
			s.fail = nil
			again = []plog.Logs{ld}
		case 5: // killed
			again = append(again, ld)
		default:
			require.NoError(t, c.ConsumeLogs(t.Context(), ld))
			before := fileOf(t, state)
			c.tick(t.Context())
			if again = append(again, ld); fileOf(t, state) != before {
				again = nil
			}
			at, c.at = at.Add(time.Second), at.Add(time.Second)
			continue
		}
		c = newStand(t, s, with)
		c.at = at
		c.restore(t.Context())
		for _, ld := range again {
			require.NoError(t, c.ConsumeLogs(t.Context(), ld))
		}
	}
	for range 60 {
		c.at = c.at.Add(time.Hour)
		c.tick(t.Context())
	}
	seen, once := map[string]bool{}, 0
	for _, sp := range s.All() {
		if id := string(sp.TraceId) + sp.ID(); !seen[id] {
			seen[id] = true
			if strings.HasPrefix(sp.Name, "execute_tool") && sp.Text(semconv.SpanNoEnd) == "" {
				once++
			}
		}
	}
	require.Equal(t, ended(list), once, "a call is lost")
	require.Empty(t, c.logs.All())
}

// Where a turn, an agent or a session ends is in the state before the receiver passes it.
func TestEndsAreKeptAtOnce(t *testing.T) {
	state := filepath.Join(t.TempDir(), "traces.state")
	with := func(cfg *Config) { cfg.StateFile = state }
	s := &sink{t: t}
	c := newStand(t, s, with)
	list := recorded.Sessions(c.at.Add(-3 * time.Hour))
	for _, ld := range list { // without a tick
		require.NoError(t, c.ConsumeLogs(t.Context(), ld))
	}
	at := c.at
	c = newStand(t, s, with) // killed
	c.restore(t.Context())
	for i := range 2 {
		c.at = at.Add(time.Duration(i+1) * 30 * time.Hour)
		c.tick(t.Context())
	}
	require.NoError(t, s.Check())
	require.Len(t, s.Named("invoke_agent main"), 2)
	for _, sp := range s.All() {
		if strings.HasPrefix(sp.Name, "invoke_agent") {
			require.Empty(t, sp.Text(semconv.SpanNoEnd), sp.Name)
			require.Nil(t, sp.Attr[semconv.SpanNoStart], sp.Name)
		}
	}
}

func fileOf(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return ""
	}
	require.NoError(t, err)
	return string(data)
}

func TestAStateThatCannotBeReadIsPutAside(t *testing.T) {
	state := filepath.Join(t.TempDir(), "traces.state")
	require.NoError(t, os.WriteFile(state, []byte("forged"), 0o600))
	s := &sink{t: t}
	c := newStand(t, s, func(cfg *Config) { cfg.StateFile = state })
	require.NoError(t, c.Start(t.Context(), nil))
	require.NoError(t, c.ConsumeLogs(t.Context(), recorded.Sessions(time.Now().Add(-3 * time.Hour))[0]))
	require.NoError(t, c.Shutdown(t.Context()))
	require.Equal(t, "forged", fileOf(t, state+".bad"))
	require.Len(t, c.logs.All(), 1)
	require.EqualValues(t, 1, c.number(t, "state_failures"))
	next := newStand(t, s, func(cfg *Config) { cfg.StateFile = state })
	next.restore(t.Context())
	require.Empty(t, next.logs.All())
	require.Equal(t, 1, next.tracker.Counts().Sessions)
	info, err := os.Stat(state)
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode().Perm())
}

// Whoever stops the collector does not wait for a store that does not answer.
func TestAStoreThatDoesNotAnswerHoldsNoShutdownUp(t *testing.T) {
	asked := make(chan struct{}, 1)
	next, err := consumer.NewTraces(func(ctx context.Context, _ ptrace.Traces) error {
		select {
		case asked <- struct{}{}:
		default:
		}
		<-ctx.Done()
		return ctx.Err()
	})
	require.NoError(t, err)
	c, err := newConnector(createDefaultConfig().(*Config), connectortest.NewNopSettings(metadata.Type), next)
	require.NoError(t, err)
	require.NoError(t, c.Start(t.Context(), nil))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		for _, ld := range recorded.Sessions(time.Now().Add(-3 * time.Hour)) {
			if err := c.ConsumeLogs(ctx, ld); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	<-asked
	waits := make(chan error, 1)
	other, stop := context.WithCancel(t.Context())
	go func() { waits <- c.ConsumeLogs(other, plog.NewLogs()) }()
	stop()
	require.ErrorIs(t, <-waits, context.Canceled)
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
	require.NoError(t, c.Shutdown(t.Context()))
}

func TestRecordsOfOthersArePassedOver(t *testing.T) {
	s := &sink{t: t}
	c := newStand(t, s, nil)
	list := recorded.Sessions(time.Now().Add(-3 * time.Hour))
	for _, ld := range list {
		ld.ResourceLogs().At(0).Resource().Attributes().PutStr(semconv.ServiceName, "claude-code")
		require.NoError(t, c.ConsumeLogs(t.Context(), ld))
	}
	require.Zero(t, c.tracker.Counts().Sessions)
	require.NoError(t, c.Shutdown(t.Context()))
}
