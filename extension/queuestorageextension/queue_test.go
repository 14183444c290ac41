package queuestorageextension

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

var storageID = component.MustNewID("queue_storage")

type host map[component.ID]component.Component

func (h host) GetExtensions() map[component.ID]component.Component { return h }

// startQueue starts a real exporter with a real persistent queue on the extension.
func startQueue(t testing.TB, ext component.Component, consume func(context.Context, plog.Logs) error) exporter.Logs {
	t.Helper()
	queue := exporterhelper.NewDefaultQueueConfig()
	queue.StorageID = &storageID
	queue.NumConsumers = 1
	queue.QueueSize = 100_000
	queue.BlockOnOverflow = true
	queue.Batch = configoptional.None[exporterhelper.BatchConfig]()
	set := exportertest.NewNopSettings(component.MustNewType("nop"))
	set.ID = component.MustNewID("nop") // the same at every start
	exp, err := exporterhelper.NewLogs(context.Background(), set, struct{}{}, consume,
		exporterhelper.WithQueue(configoptional.Some(queue)))
	require.NoError(t, err)
	require.NoError(t, exp.Start(context.Background(), host{storageID: ext}))
	return exp
}

func newExtension(t testing.TB, dir string, change func(*Config)) *queueStorage {
	t.Helper()
	cfg := createDefaultConfig().(*Config)
	cfg.Directory = dir
	if change != nil {
		change(cfg)
	}
	require.NoError(t, cfg.Validate())
	ext, err := NewFactory().Create(context.Background(), extensiontest.NewNopSettings(component.MustNewType("queue_storage")), cfg)
	require.NoError(t, err)
	return ext.(*queueStorage)
}

func logsOf(n, size int) plog.Logs {
	l := plog.NewLogs()
	r := l.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	r.Body().SetStr(strconv.Itoa(n) + " " + strings.Repeat("x", size))
	return l
}

func numberOf(l plog.Logs) int {
	n, _, _ := strings.Cut(l.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Body().Str(), " ")
	i, err := strconv.Atoi(n)
	if err != nil {
		return -1
	}
	return i
}

// onlyJournal is the journal of the extension's one client.
func onlyJournal(t testing.TB, e *queueStorage) *journal {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	require.Len(t, e.clients, 1)
	for c := range e.clients {
		return c.journal
	}
	return nil
}

func TestQueueNeedsOneSyncAnOffer(t *testing.T) {
	const offers = 200
	ext := newExtension(t, t.TempDir(), func(c *Config) { c.SyncInterval = time.Minute })
	var got []int
	done := make(chan struct{})
	exp := startQueue(t, ext, func(_ context.Context, l plog.Logs) error {
		if got = append(got, numberOf(l)); len(got) == offers {
			close(done)
		}
		return nil
	})
	j := onlyJournal(t, ext)
	var syncs atomic.Int64
	j.syncing.Lock()
	j.sync = func(f *os.File) error { syncs.Add(1); return safefile.SyncData(f) }
	j.syncing.Unlock()
	for i := range offers {
		before := syncs.Load()
		require.NoError(t, exp.ConsumeLogs(context.Background(), logsOf(i, i%3*300))) // small items too
		require.Equal(t, before+1, syncs.Load(), "an offer returns after its sync")
	}
	<-done
	require.EqualValues(t, offers, syncs.Load(), "reading and deleting sync nothing")
	require.NoError(t, exp.Shutdown(context.Background()))
	require.NoError(t, ext.Shutdown(context.Background()))
	for i, n := range got {
		require.Equal(t, i, n)
	}
	require.Zero(t, j.items)
}

// TestChild is the process that TestKilledAtAnyMoment kills.
func TestChild(t *testing.T) {
	dir := os.Getenv("QUEUE_STORAGE_CHILD")
	if dir == "" {
		t.Skip("runs in a child process only")
	}
	first, err := strconv.Atoi(os.Getenv("QUEUE_STORAGE_FIRST"))
	require.NoError(t, err)
	ext := newExtension(t, dir, func(c *Config) {
		c.MaxBytes, c.SegmentMaxBytes, c.SyncInterval = 1<<30, minSegmentBytes, minSyncInterval
	})
	exp := startQueue(t, ext, func(_ context.Context, l plog.Logs) error {
		fmt.Fprintf(os.Stdout, "sent %d\n", numberOf(l))
		return nil
	})
	for i := first; ; i++ {
		fmt.Fprintf(os.Stdout, "trying %d\n", i)
		require.NoError(t, exp.ConsumeLogs(context.Background(), logsOf(i, rand.IntN(4000))))
		fmt.Fprintf(os.Stdout, "offered %d\n", i)
	}
}

func TestKilledAtAnyMoment(t *testing.T) {
	dir := t.TempDir()
	tried, offered, sent := map[int]bool{}, map[int]bool{}, map[int]bool{}
	next, rounds := 0, 40
	if testing.Short() {
		rounds = 5
	}
	for range rounds {
		cmd := exec.Command(os.Args[0], "-test.run=^TestChild$")
		cmd.Env = append(os.Environ(), "QUEUE_STORAGE_CHILD="+dir, fmt.Sprintf("QUEUE_STORAGE_FIRST=%d", next))
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		lines := bufio.NewScanner(out)
		left := rand.IntN(900) + 1
		for lines.Scan() {
			what, number, _ := strings.Cut(lines.Text(), " ")
			n, err := strconv.Atoi(number)
			switch {
			case err != nil:
				continue
			case what == "trying":
				tried[n], next = true, n+1
			case what == "offered":
				offered[n] = true
			case what == "sent":
				require.True(t, tried[n], "item %d was invented", n)
				sent[n] = true
			}
			if left--; left == 0 {
				require.NoError(t, cmd.Process.Kill())
			}
		}
		require.Error(t, cmd.Wait())
		require.LessOrEqual(t, left, 0, "the child ended by itself")
	}
	ext := newExtension(t, dir, nil)
	const marker = 1 << 30
	var rest []int
	done := make(chan struct{})
	exp := startQueue(t, ext, func(_ context.Context, l plog.Logs) error {
		n := numberOf(l)
		if n == marker {
			close(done)
			return nil
		}
		rest = append(rest, n)
		return nil
	})
	require.NoError(t, exp.ConsumeLogs(context.Background(), logsOf(marker, 0)))
	<-done
	require.NoError(t, exp.Shutdown(context.Background()))
	require.NoError(t, ext.Shutdown(context.Background()))
	for _, n := range rest {
		require.True(t, tried[n], "item %d was invented", n)
		sent[n] = true
	}
	for n := range offered {
		require.True(t, sent[n], "item %d was acknowledged and never sent", n)
	}
	require.Greater(t, len(offered), rounds)
	store := filepath.Join(dir, storeName(component.KindExporter, component.MustNewID("nop"), "logs"))
	require.DirExists(t, store)
	evidence, _ := filepath.Glob(filepath.Join(store, evidenceDir, "*"))
	for _, e := range evidence {
		info, err := os.Stat(e)
		require.NoError(t, err)
		t.Log(filepath.Base(e), info.Size())
	}
	t.Logf("%d offered, %d left for the last start", len(offered), len(rest))
}
