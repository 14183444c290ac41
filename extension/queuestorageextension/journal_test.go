package queuestorageextension

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

var ctx = context.Background()

func noTelemetry(t testing.TB) *telemetry {
	tel, err := newTelemetry(componenttest.NewNopTelemetrySettings(), func(func(string, int64, int64, int64)) {})
	require.NoError(t, err)
	return tel
}

// open opens a journal without housekeeping: the tests do that themselves.
func open(t testing.TB, dir string) *journal {
	t.Helper()
	j, err := openJournal(dir, limits{max: 4 << 20, segment: minSegmentBytes}, zap.NewNop(), noTelemetry(t))
	require.NoError(t, err)
	t.Cleanup(func() { _ = j.close(ctx) })
	return j
}

func item(n, size int) []byte {
	return append([]byte(strconv.Itoa(n)+" "), bytes.Repeat([]byte{byte(n)}, size)...)
}

// batch is what a client's Batch does.
func batch(j *journal, ops ...*storage.Operation) error {
	seq, err := j.do(ops)
	if err != nil || seq == 0 {
		return err
	}
	return j.commit(seq)
}

func offer(j *journal, n, size int) error {
	return batch(j, storage.SetOperation("qmv0", fmt.Appendf(nil, "w%d", n+1)), storage.SetOperation(strconv.Itoa(n), item(n, size)))
}

func finish(t testing.TB, j *journal, n int) {
	require.NoError(t, batch(j, storage.SetOperation("qmv0", fmt.Appendf(nil, "d%d", n)), storage.DeleteOperation(strconv.Itoa(n))))
}

func get(t testing.TB, j *journal, key string) []byte {
	op := storage.GetOperation(key)
	require.NoError(t, batch(j, op))
	return op.Value
}

// copyDir copies the store as a crash would leave it; cut shortens segments.
func copyDir(t testing.TB, dir string, cut func(name string, data []byte) []byte) string {
	t.Helper()
	to := t.TempDir()
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, f := range files {
		if !segmentName.MatchString(f.Name()) {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		require.NoError(t, err)
		if cut != nil {
			data = cut(f.Name(), data)
		}
		if data != nil {
			require.NoError(t, os.WriteFile(filepath.Join(to, f.Name()), data, 0o600))
		}
	}
	return to
}

func TestPowerCutKeepsWhatWasAcknowledged(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir)
	durable := map[string]int64{} // bytes of each file as of its last sync
	j.sync = func(f *os.File) error {
		info, err := f.Stat()
		require.NoError(t, err)
		durable[filepath.Base(f.Name())] = info.Size()
		return safefile.SyncData(f)
	}
	first := 0
	for n := range 400 {
		require.NoError(t, offer(j, n, rand.IntN(3000)))
		if n%3 == 0 && first < n {
			finish(t, j, first)
			first++
		}
		if n%50 == 0 {
			require.NoError(t, j.tidy(true))
		}
		if n%20 != 0 {
			continue
		}
		// Anything from what was synced up to all of it may have come to the disk.
		crashed := copyDir(t, dir, func(name string, data []byte) []byte {
			keep := int(durable[name])
			return data[:keep+rand.IntN(len(data)-keep+1)]
		})
		back := open(t, crashed)
		for i := first; i <= n; i++ {
			require.True(t, bytes.HasPrefix(get(t, back, strconv.Itoa(i)), []byte(strconv.Itoa(i)+" ")), "item %d of %d", i, n)
		}
		require.NotNil(t, get(t, back, "qmv0"))
	}
}

func TestTornTailAtEveryByte(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir)
	require.NoError(t, offer(j, 0, 300))
	last := j.active()
	before := last.size
	require.NoError(t, offer(j, 1, 300))
	after := last.size
	for cut := before; cut < after; cut++ {
		torn := copyDir(t, dir, func(name string, data []byte) []byte {
			if name == last.name() {
				return data[:cut]
			}
			return data
		})
		b := open(t, torn)
		require.Equal(t, item(0, 300), get(t, b, "0"))
		require.Nil(t, get(t, b, "1"))
		require.Equal(t, "w1", string(get(t, b, "qmv0")))
		require.NoError(t, offer(b, 1, 10))
		require.NoError(t, b.close(ctx))
		b = open(t, torn)
		require.Equal(t, item(1, 10), get(t, b, "1"))
	}
}

func TestBitFlipCostsOneRecord(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir)
	const n = 60
	for i := range n {
		require.NoError(t, offer(j, i, 3000)) // several segments
	}
	require.Greater(t, len(j.segments), 2)
	for range 60 {
		which := rand.IntN(len(j.segments))
		flipped := copyDir(t, dir, func(name string, data []byte) []byte {
			if name == j.segments[which].name() && len(data) > 0 {
				data[rand.IntN(len(data))] ^= 1 << rand.IntN(8)
			}
			return data
		})
		b := open(t, flipped)
		missing := 0
		for i := range n {
			if v := get(t, b, strconv.Itoa(i)); v == nil {
				missing++
			} else {
				require.Equal(t, item(i, 3000), v)
			}
		}
		require.LessOrEqual(t, missing, 1)
		require.NotNil(t, get(t, b, "qmv0"))
		require.NoError(t, offer(b, n, 10))
	}
}

func TestDamageWhileRunningIsNotDelivered(t *testing.T) {
	j := open(t, t.TempDir())
	require.NoError(t, offer(j, 0, 3000))
	e := j.index["0"]
	_, err := e.seg.file.WriteAt([]byte{1, 2, 3}, e.at+100)
	require.NoError(t, err)
	require.Nil(t, get(t, j, "0"))
}

func TestForgedRecordInAnItemIsNotFound(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir)
	other := salt{0xff, 1, 2, 3}
	forged := appendRecord(nil, other, 1000, 1000, []change{{key: "7", value: []byte("forged")}})
	require.NoError(t, batch(j, storage.SetOperation("0", bytes.Repeat(forged, 20))))
	seg := j.active()
	bad := copyDir(t, dir, func(name string, data []byte) []byte {
		if name == seg.name() {
			data[seg.head+5] ^= 0xff
		}
		return data
	})
	require.Nil(t, get(t, open(t, bad), "7"))
}

func TestFailedSyncIsWrittenAnew(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir)
	require.NoError(t, offer(j, 0, 1000))
	require.NoError(t, offer(j, 1, 1000))
	finish(t, j, 0)
	bad := j.active()
	failed := errors.New("EIO")
	j.sync = func(f *os.File) error {
		if f == bad.file {
			return failed
		}
		return safefile.SyncData(f)
	}
	require.NoError(t, offer(j, 2, 1000), "another segment took it")
	require.NotSame(t, bad, j.active())
	check := func(j *journal) {
		require.Nil(t, get(t, j, "0"))
		require.Equal(t, item(1, 1000), get(t, j, "1"))
		require.Equal(t, item(2, 1000), get(t, j, "2"))
		require.Equal(t, "w3", string(get(t, j, "qmv0")))
	}
	check(j)
	check(open(t, copyDir(t, dir, nil)))

	// Nothing can be synced: no acknowledgement, until the disk is well again.
	j.sync = func(*os.File) error { return failed }
	require.ErrorIs(t, offer(j, 3, 1000), failed)
	finish(t, j, 1)
	require.Error(t, offer(j, 4, 1000))
	j.sync = safefile.SyncData
	require.NoError(t, offer(j, 5, 1000))
	b := open(t, copyDir(t, dir, nil))
	require.Nil(t, get(t, b, "1"))
	require.Equal(t, item(2, 1000), get(t, b, "2"))
	require.Equal(t, item(5, 1000), get(t, b, "5"))
}

func TestBoundIsKeptAndGivenBack(t *testing.T) {
	j := open(t, t.TempDir())
	n := 0
	var err error
	for ; err == nil; n++ {
		err = offer(j, n, 30_000)
	}
	n--
	require.ErrorIs(t, err, storage.ErrStorageFull)
	require.ErrorContains(t, err, "max_bytes")
	require.LessOrEqual(t, j.bytes, j.limits.max)
	require.Greater(t, n, 100)
	// Deletes work, and the space comes back although the oldest stays.
	for i := 1; i < n; i++ {
		finish(t, j, i)
	}
	require.Eventually(t, func() bool {
		require.NoError(t, j.tidy(true))
		return j.bytes < 4*j.limits.segment
	}, 10*time.Second, time.Millisecond)
	require.Equal(t, item(0, 30_000), get(t, j, "0"))
	require.NoError(t, offer(j, n, 30_000))
	files, err := filepath.Glob(filepath.Join(j.dir, "*"+segmentSuffix))
	require.NoError(t, err)
	require.Len(t, files, len(j.segments))
}

func TestBookkeepingDoesNotGrowTheJournal(t *testing.T) {
	j := open(t, t.TempDir())
	require.NoError(t, offer(j, 0, 1000))
	for range 20_000 {
		require.NoError(t, batch(j, storage.SetOperation("qmv0", make([]byte, 2000)), storage.GetOperation("0")))
		require.NoError(t, j.tidy(false))
	}
	require.Less(t, j.bytes, 8*j.limits.segment)
	require.Equal(t, item(0, 1000), get(t, j, "0"))
}

// The queue reads, deletes and stores again what was being sent; a crash at any
// step of that loses nothing.
func TestCrashWhileItemsAreBroughtBack(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir)
	for i := range 3 {
		require.NoError(t, offer(j, i, 500))
	}
	require.NoError(t, batch(j, storage.DeleteOperation("0"), storage.DeleteOperation("1"), storage.DeleteOperation("2")))
	require.Nil(t, get(t, j, "0"))
	for i := range 3 {
		b := open(t, copyDir(t, dir, nil))
		for k := range 3 {
			require.True(t, get(t, b, strconv.Itoa(k)) != nil || get(t, b, strconv.Itoa(k+3)) != nil)
		}
		require.NoError(t, offer(j, 3+i, 500))
	}
	require.NoError(t, offer(j, 6, 500))
	b := open(t, copyDir(t, dir, nil))
	for k := range 3 {
		require.Nil(t, get(t, b, strconv.Itoa(k)), "no orphans either")
		require.NotNil(t, get(t, b, strconv.Itoa(k+3)))
	}
}

func TestDeletesAloneAreRecordedAtClose(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir)
	require.NoError(t, offer(j, 0, 500))
	require.NoError(t, batch(j, storage.DeleteOperation("0")))
	require.NoError(t, j.close(ctx))
	require.NoError(t, j.close(ctx))
	require.ErrorIs(t, offer(j, 1, 1), errClosed)
	require.Nil(t, get(t, open(t, dir), "0"))
}

func TestManyCallersAtOnce(t *testing.T) {
	dir := t.TempDir()
	ext := newExtension(t, dir, func(c *Config) { c.SegmentMaxBytes, c.SyncInterval = minSegmentBytes, minSyncInterval })
	c, err := ext.GetClient(ctx, component.KindExporter, component.MustNewID("nop"), "")
	require.NoError(t, err)
	_, err = ext.GetClient(ctx, component.KindExporter, component.MustNewID("nop"), "")
	require.ErrorIs(t, err, ErrInUse)
	var wg sync.WaitGroup
	for w := range 16 {
		wg.Go(func() {
			for i := range 60 {
				n := w*1000 + i
				key := strconv.Itoa(n)
				if err := c.Set(ctx, key, item(n, 1000)); err != nil {
					t.Error(err)
				}
				v, err := c.Get(ctx, key)
				if err != nil || !bytes.Equal(v, item(n, 1000)) {
					t.Errorf("item %d: %d bytes, %v", n, len(v), err)
				}
				if i%2 == 0 {
					if err := c.Batch(ctx, storage.SetOperation("qmv0", []byte(key)), storage.DeleteOperation(key)); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	require.NoError(t, c.Close(ctx))
	require.NoError(t, c.Close(ctx))
	c, err = ext.GetClient(ctx, component.KindExporter, component.MustNewID("nop"), "")
	require.NoError(t, err)
	for w := range 16 {
		for i := range 60 {
			v, err := c.Get(ctx, strconv.Itoa(w*1000+i))
			require.NoError(t, err)
			require.Equal(t, i%2 == 0, v == nil)
		}
	}
	require.NoError(t, ext.Shutdown(ctx), "closes what was left open")
	require.NoError(t, ext.Shutdown(ctx))
	info, err := os.Stat(filepath.Join(dir, "exporter_nop__"))
	require.NoError(t, err)
	require.EqualValues(t, 0o700, info.Mode().Perm())
}

func TestClassify(t *testing.T) {
	set, del, get := storage.SetOperation, storage.DeleteOperation, storage.GetOperation
	for _, c := range []struct {
		name string
		ops  []*storage.Operation
		want duty
	}{
		{"offer", []*storage.Operation{set("qmv0", nil), set("1", []byte("x"))}, dutySync},
		{"read", []*storage.Operation{set("qmv0", make([]byte, 100_000)), get("1")}, dutyAppend},
		{"done", []*storage.Operation{set("qmv0", nil), del("1")}, dutyAppend},
		{"metadata alone", []*storage.Operation{set("qmv0", nil)}, dutySync},
		{"cleanup", []*storage.Operation{del("1"), del("2")}, dutyRemember},
		{"old metadata", []*storage.Operation{del("ri"), del("wi")}, dutyAppend},
		{"an unknown name", []*storage.Operation{set("offset", nil), del("1")}, dutySync},
		{"an item beside a delete", []*storage.Operation{set("2", nil), del("1")}, dutySync},
		{"reads", []*storage.Operation{get("1")}, dutyRead},
		{"none", nil, dutyRead},
	} {
		require.Equal(t, c.want, classify(c.ops), c.name)
	}
}

func TestStoreName(t *testing.T) {
	id := component.MustNewIDWithName("nop", "../../etc")
	require.Equal(t, "exporter_nop_~2E~2E~2F~2E~2E~2Fetc_a~5Fb", storeName(component.KindExporter, id, "a_b"))
	require.Len(t, storeName(component.KindExporter, id, strings.Repeat("x", 500)), 64)
}

func TestConfigFaults(t *testing.T) {
	err := (&Config{MaxBytes: 1, SegmentMaxBytes: 1}).Validate()
	for _, key := range []string{"directory:", "max_bytes:", "segment_max_bytes:", "sync_interval:"} {
		require.ErrorContains(t, err, key)
	}
	cfg := createDefaultConfig().(*Config)
	cfg.Directory = "x"
	require.NoError(t, cfg.Validate())
}

func FuzzReadRecord(f *testing.F) {
	s := salt{0xff, 1, 2, 3, 4}
	f.Add(appendRecord(nil, s, 1, 0, []change{{key: "1", value: []byte("value")}, {key: "2", delete: true}}), true)
	f.Add([]byte{kindSet, 1, 'k', 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}, false)
	f.Fuzz(func(t *testing.T, data []byte, whole bool) {
		if !whole { // past the checksum
			changes, err := readChanges(data)
			if err == nil {
				back, err := readChanges(appendRecord(nil, s, 1, 1, changes)[headerBytes:])
				require.NoError(t, err)
				require.Len(t, back, len(changes))
			}
			return
		}
		r, err := readRecord(data, s)
		if err != nil {
			return
		}
		for _, c := range r.changes {
			if !c.delete {
				require.Equal(t, c.value, data[c.at:c.at+len(c.value)])
			}
		}
	})
}
