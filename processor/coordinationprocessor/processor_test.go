package coordinationprocessor

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/agent-telemetry/agent-telemetry/internal/auditchunk"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/processor/coordinationprocessor/internal/metadata"
	"github.com/agent-telemetry/agent-telemetry/test/eventgen"
)

// backend keeps what it is given, each record once, as Loki does. It refuses while told
// to.
type backend struct {
	lines   map[string]int
	refuses bool
}

var errRefused = errors.New("refused")

func (b *backend) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }

func (b *backend) ConsumeLogs(_ context.Context, ld plog.Logs) error {
	if b.refuses {
		return errRefused
	}
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				line, err := json.Marshal([]any{lr.Timestamp(), lr.Attributes().AsRaw(), lr.Body().AsRaw()})
				if err != nil {
					return err
				}
				b.lines[string(line)]++
			}
		}
	}
	return nil
}

func (b *backend) sorted() []string {
	list := make([]string, 0, len(b.lines))
	for line := range b.lines {
		list = append(list, line)
	}
	slices.Sort(list)
	return list
}

func start(t *testing.T, b *backend, cfg *Config) *coordinationProcessor {
	t.Helper()
	p, err := newProcessor(processortest.NewNopSettings(metadata.Type), cfg, b)
	require.NoError(t, err)
	require.NoError(t, p.Start(t.Context(), componenttest.NewNopHost()))
	return p
}

func config(t *testing.T) *Config {
	t.Helper()
	c := createDefaultConfig().(*Config)
	c.StateFile = filepath.Join(t.TempDir(), "state", "coordination.state")
	require.NoError(t, c.Validate())
	return c
}

func batches() []plog.Logs {
	var list []plog.Logs
	for ld := range eventgen.New(eventgen.Options{Seed: 7, Events: 3_000, Sessions: 8, AtATime: 4, Projects: 2, Span: 4 * time.Hour, Batch: 150}).All() {
		list = append(list, ld)
	}
	return list
}

func chunk(ctx context.Context, i int) context.Context {
	return auditchunk.With(ctx, auditchunk.Chunk{Log: "log", FirstSeq: uint64(i)*1000 + 1})
}

func rest(t *testing.T, p *coordinationProcessor) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.came = time.Time{}
	p.rest(t.Context())
}

func undisturbed(t *testing.T, list []plog.Logs) []string {
	t.Helper()
	b := &backend{lines: map[string]int{}}
	p := start(t, b, createDefaultConfig().(*Config))
	for i, ld := range list {
		require.NoError(t, p.ConsumeLogs(chunk(t.Context(), i), ld))
	}
	rest(t, p)
	require.NoError(t, p.Shutdown(t.Context()))
	for line, n := range b.lines {
		require.Equal(t, 1, n, line)
	}
	return b.sorted()
}

// A collector that is killed after any batch, before or behind its records, and gets the
// last batches again, gives the same records.
func TestKilledAndDeliveredAgain(t *testing.T) {
	list := batches()
	want := undisturbed(t, list)
	require.Greater(t, len(want), 100)
	cfg := config(t)
	b := &backend{lines: map[string]int{}}
	p := start(t, b, cfg)
	for i, ld := range list {
		if b.refuses = i%3 == 1; b.refuses {
			err := p.ConsumeLogs(chunk(t.Context(), i), ld)
			b.refuses = false
			if err != nil {
				require.ErrorIs(t, err, errRefused)
			}
		}
		if i%2 == 1 { // killed: nothing is written at the end
			require.NoError(t, p.Shutdown(t.Context()))
			p = start(t, b, cfg)
		}
		for again := max(0, i-2); again <= i; again++ {
			require.NoError(t, p.ConsumeLogs(chunk(t.Context(), again), list[again]))
		}
	}
	rest(t, p)
	require.NoError(t, p.Shutdown(t.Context()))
	require.Equal(t, want, b.sorted())
}

func TestHalfALineIsLeftOut(t *testing.T) {
	list := batches()
	want := undisturbed(t, list)
	cfg := config(t)
	b := &backend{lines: map[string]int{}}
	p := start(t, b, cfg)
	half := len(list) / 2
	for i, ld := range list[:half] {
		require.NoError(t, p.ConsumeLogs(chunk(t.Context(), i), ld))
	}
	require.NoError(t, p.Shutdown(t.Context()))
	log := cfg.StateFile + ".log"
	data, err := os.ReadFile(log)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(log, data[:len(data)-100], 0o600)) // the last batch was not acknowledged
	p = start(t, b, cfg)
	for i, ld := range list[half-1:] {
		require.NoError(t, p.ConsumeLogs(chunk(t.Context(), half-1+i), ld))
	}
	rest(t, p)
	require.NoError(t, p.Shutdown(t.Context()))
	require.Equal(t, want, b.sorted())
}

func TestTheLogIsPutIntoTheState(t *testing.T) {
	list := batches()
	want := undisturbed(t, list)
	cfg := config(t)
	b := &backend{lines: map[string]int{}}
	p := start(t, b, cfg)
	for i, ld := range list {
		p.state.size = 1 << 40 // as if it had grown
		require.NoError(t, p.ConsumeLogs(chunk(t.Context(), i), ld))
		if i%4 == 3 {
			require.NoError(t, p.Shutdown(t.Context()))
			p = start(t, b, cfg)
		}
	}
	rest(t, p)
	require.NoError(t, p.Shutdown(t.Context()))
	require.Equal(t, want, b.sorted())
}

func TestABadStateIsPutAside(t *testing.T) {
	cfg := config(t)
	require.NoError(t, os.MkdirAll(filepath.Dir(cfg.StateFile), 0o700))
	require.NoError(t, os.WriteFile(cfg.StateFile, []byte("nonsense"), 0o600))
	b := &backend{lines: map[string]int{}}
	p := start(t, b, cfg)
	require.FileExists(t, cfg.StateFile+".bad")
	require.NoError(t, p.ConsumeLogs(t.Context(), batches()[0]))
	require.NoError(t, p.Shutdown(t.Context()))
	require.FileExists(t, cfg.StateFile)
}

func TestBadLinesDoNotStopIt(t *testing.T) {
	cfg := config(t)
	b := &backend{lines: map[string]int{}}
	p := start(t, b, cfg)
	list := batches()
	require.NoError(t, p.ConsumeLogs(chunk(t.Context(), 0), list[0]))
	require.NoError(t, p.Shutdown(t.Context()))
	f, err := os.OpenFile(cfg.StateFile+".log", os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString("{\"file\":1,\"now\":\"no\"}\n")
	require.NoError(t, errors.Join(err, f.Close()))
	p = start(t, b, cfg)
	require.NoError(t, p.ConsumeLogs(chunk(t.Context(), 1), list[1]))
	require.NoError(t, p.Shutdown(t.Context()))
	p = start(t, b, cfg) // it was written anew
	require.False(t, p.state.bad)
	require.NoError(t, p.Shutdown(t.Context()))
}

// What comes has the attributes that labels and metadata are made of.
func TestAttributes(t *testing.T) {
	seen := map[string]bool{}
	for _, line := range undisturbed(t, batches()) {
		var record []any
		require.NoError(t, json.Unmarshal([]byte(line), &record))
		a := record[1].(map[string]any)
		for _, key := range []string{semconv.EventType, semconv.SessionID, semconv.ProjectName, semconv.CoordinationRecordID, semconv.CoordinationHour} {
			require.NotEmpty(t, a[key], key)
		}
		seen[a[semconv.EventType].(string)] = true
	}
	require.Len(t, seen, 5)
}

// However large the state is, its second file is put into it before it is larger than
// what is read of it at the start.
func TestTheLogIsNotLargerThanWhatIsReadAgain(t *testing.T) {
	p := start(t, &backend{lines: map[string]int{}}, config(t))
	list := batches()
	require.NoError(t, p.ConsumeLogs(chunk(t.Context(), 0), list[0]))
	p.state.last, p.state.size = 1<<40, maxLog-maxLine
	require.NoError(t, p.ConsumeLogs(chunk(t.Context(), 1), list[1]))
	require.Less(t, p.state.size, int64(leastLog))
	require.NoError(t, p.Shutdown(t.Context()))
}

func TestShutdownTwiceAndUnstarted(t *testing.T) {
	p := start(t, &backend{lines: map[string]int{}}, config(t))
	require.NoError(t, p.Start(t.Context(), componenttest.NewNopHost()))
	require.NoError(t, p.ConsumeLogs(t.Context(), batches()[0]))
	require.NoError(t, p.Shutdown(t.Context()))
	require.NoError(t, p.Shutdown(t.Context()))
	p, err := newProcessor(processortest.NewNopSettings(metadata.Type), config(t), &backend{})
	require.NoError(t, err)
	require.NoError(t, p.Shutdown(t.Context()))
}
