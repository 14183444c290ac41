package securityalertprocessor

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/agent-telemetry/agent-telemetry/internal/detection"
	"github.com/agent-telemetry/agent-telemetry/internal/detection/facts"
	"github.com/agent-telemetry/agent-telemetry/internal/provenance"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/processor/securityalertprocessor/internal/metadata"
)

// sink takes records, or refuses them.
type sink struct {
	consumertest.LogsSink
	mu  sync.Mutex
	err error
}

func (s *sink) ConsumeLogs(ctx context.Context, ld plog.Logs) error {
	s.mu.Lock()
	err := s.err
	s.mu.Unlock()
	if err != nil {
		return err
	}
	return s.LogsSink.ConsumeLogs(ctx, ld)
}

func (s *sink) refuse(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

// bench is a processor whose clock, rules and work are the test's. Its facts are
// the words of the command: what facts are made of commands is tested elsewhere.
type bench struct {
	*alertProcessor
	t    testing.TB
	sink *sink
	at   time.Time
}

func newBench(t testing.TB, change func(*Config)) *bench {
	t.Helper()
	cfg := createDefaultConfig().(*Config)
	cfg.UserRules, cfg.StateFile = "", ""
	if change != nil {
		change(cfg)
	}
	require.NoError(t, cfg.Validate())
	b := &bench{t: t, sink: &sink{}, at: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	p, err := newProcessor(processortest.NewNopSettings(metadata.Type), cfg, b.sink)
	require.NoError(t, err)
	rules := testRules(t)
	p.now = func() time.Time { return b.at }
	p.rules = func() *detection.Ruleset { return rules }
	p.factsOf = words
	b.alertProcessor = p
	return b
}

func testRules(t testing.TB) *detection.Ruleset {
	t.Helper()
	rules, err := loadTestRules()
	require.NoError(t, err)
	return rules
}

var loadTestRules = sync.OnceValues(func() (*detection.Ruleset, error) {
	path := filepath.Join("testdata", "rules.yaml")
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	rules, faults := detection.Load(detection.Source{Name: path, Data: data, User: true})
	return rules, faults.Err()
})

func words(_ pcommon.Map, lr plog.LogRecord) *facts.Facts {
	a := lr.Attributes()
	f := &facts.Facts{Event: eventOf(lr)}
	f.Event.Command = text(a, semconv.CommandLine)
	if f.Event.Command == "panic" {
		panic(f.Event.Command)
	}
	if w := strings.Fields(f.Event.Command); len(w) > 0 {
		f.Commands = []facts.Command{{Program: w[0], Args: w[1:], Text: f.Event.Command}}
	}
	return f
}

// record adds the record of a call's event.
func record(ld plog.Logs, hook, id, call, command string, at time.Time) plog.LogRecord {
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr(semconv.ServiceName, semconv.ServiceNameValue)
	rl.Resource().Attributes().PutStr(semconv.HostName, "dev")
	lr := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	lr.SetTimestamp(pcommon.NewTimestampFromTime(at))
	lr.SetTraceID(pcommon.TraceID{1})
	lr.SetSpanID(pcommon.SpanID{2})
	lr.SetSeverityNumber(plog.SeverityNumberInfo)
	a := lr.Attributes()
	a.PutStr(semconv.EventType, semconv.EventCommandExecution)
	a.PutStr(semconv.EventID, id)
	a.PutStr(semconv.HookEvent, hook)
	a.PutStr(semconv.ToolName, "Bash")
	if call != "" {
		a.PutStr(semconv.ToolCallID, call)
	}
	a.PutStr(semconv.SessionID, "s-1")
	a.PutInt(semconv.SessionSeq, 7)
	a.PutStr(semconv.CommandLine, command)
	lr.Body().SetEmptyMap()
	return lr
}

// run gives the processor one event, of a call of its own.
func (b *bench) run(name, command string) error {
	ld := plog.NewLogs()
	record(ld, semconv.HookPreToolUse, name, "call-"+name, command, b.at)
	return b.ConsumeLogs(provenance.OfOwner(context.Background()), ld)
}

// alerts are those that the sink has, in order.
func (b *bench) alerts() (out []securityalert.Alert) {
	for _, ld := range b.sink.AllLogs() {
		for _, rl := range ld.ResourceLogs().All() {
			for _, lr := range rl.ScopeLogs().At(0).LogRecords().All() {
				if a, ok := securityalert.FromRecord(rl.Resource(), lr); ok {
					out = append(out, a)
				}
			}
		}
	}
	return out
}

func (b *bench) rulesAlerted() (slugs []string) {
	for _, a := range b.alerts() {
		s := a.Rule
		if a.Suppressed > 0 {
			s += fmt.Sprint(" +", a.Suppressed)
		}
		slugs = append(slugs, s)
	}
	return slugs
}

// drop is a next component that keeps nothing.
type drop struct{ consumertest.Consumer }

func (drop) ConsumeLogs(context.Context, plog.Logs) error { return nil }

// What the processor costs on events that no rule finds anything in, a second of
// the session apart. p50_ns is the median of all.
func BenchmarkBenign(b *testing.B) {
	for name, change := range map[string]func(plog.LogRecord){
		"command": func(plog.LogRecord) {},
		"pipe": func(lr plog.LogRecord) {
			lr.Attributes().PutStr(semconv.CommandLine, `cd src && grep -rn "TODO" --include='*.go' . | sort | uniq -c | head -20 && git status --short`)
		},
		"read": func(lr plog.LogRecord) {
			a := lr.Attributes()
			a.Remove(semconv.CommandLine)
			a.PutStr(semconv.EventType, semconv.EventFileRead)
			a.PutStr(semconv.ToolName, "Read")
			a.PutStr(semconv.FilePath, "/src/shop/cart.go")
		},
	} {
		b.Run(name, func(b *testing.B) {
			p := newBench(b, nil)
			p.next = drop{}
			rules, faults := detection.Load(detection.Defaults())
			require.NoError(b, faults.Err())
			p.rules = func() *detection.Ruleset { return rules }
			where := place(p.config)
			p.factsOf = func(resource pcommon.Map, lr plog.LogRecord) *facts.Facts {
				return facts.FromRecord(resource, lr, where)
			}
			ld := plog.NewLogs()
			lr := record(ld, semconv.HookPreToolUse, "e", "c", "go test ./...", p.at)
			lr.Attributes().PutStr(semconv.ProjectPath, "/src/shop")
			change(lr)
			samples := make([]time.Duration, 0, 1<<20)
			i := 0
			for b.Loop() {
				i++
				p.at = p.at.Add(time.Second)
				lr.SetTimestamp(pcommon.NewTimestampFromTime(p.at))
				lr.Attributes().PutStr(semconv.ToolCallID, fmt.Sprint(i))
				began := time.Now()
				if err := p.ConsumeLogs(context.Background(), ld); err != nil {
					b.Fatal(err)
				}
				samples = append(samples, time.Since(began))
			}
			slices.Sort(samples)
			b.ReportMetric(float64(samples[len(samples)/2].Nanoseconds()), "p50_ns")
			require.Equal(b, 1, ld.LogRecordCount(), "it was not benign")
		})
	}
}
