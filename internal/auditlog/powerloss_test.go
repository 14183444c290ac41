package auditlog

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// syncedFiles remembers how much of each file was synced.
type syncedFiles struct {
	mu   sync.Mutex
	size map[string]int64
}

func (s *syncedFiles) sync(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	time.Sleep(200 * time.Microsecond) // a disk
	s.mu.Lock()
	defer s.mu.Unlock()
	s.size[filepath.Base(f.Name())] = info.Size()
	return nil
}

// A power cut drops what was not synced: of a file that grew, the end is missing
// or zeros. What was acknowledged is there, and it is the same log.
func TestPowerLoss(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	for range 6 {
		live := filepath.Join(t.TempDir(), "live")
		synced := &syncedFiles{size: map[string]int64{}}
		l := openLog(t, live, Options{
			SegmentMaxBytes: 20_000, CheckpointInterval: time.Duration(1+random.IntN(20)) * time.Millisecond,
			EpochInterval: 30 * time.Millisecond, HeartbeatInterval: 10 * time.Millisecond, sync: synced.sync,
		})
		acknowledged := map[string]bool{}
		for i := range 50 + random.IntN(300) {
			id := fmt.Sprint(i)
			_, err := l.Append(t.Context(), pending(id, random.IntN(900)))
			require.NoError(t, err)
			acknowledged[id] = true
		}
		l.keeper.end()
		dir := copyLog(t, live)
		log := l.Status().LogID
		drop(t, dir, maps.Clone(synced.size), random)

		again, err := Open(dir, Options{})
		require.NoError(t, err)
		assert.Equal(t, log, again.Status().LogID)
		require.NoError(t, again.Close())
		for _, e := range requireChained(t, dir) {
			assert.NotEqual(t, KindDisturbed, e.Kind, e.Attributes)
			delete(acknowledged, e.Attribute(semconv.EventID))
		}
		assert.Empty(t, acknowledged)
		requireSigned(t, dir)
	}
}

// drop takes away what was not synced. The tree file never is.
func drop(t *testing.T, dir string, synced map[string]int64, random *rand.Rand) {
	t.Helper()
	segments, err := Segments(dir)
	require.NoError(t, err)
	for i, s := range segments {
		size := synced[filepath.Base(s.Path)]
		require.NoError(t, os.Truncate(s.Path, size))
		if i == len(segments)-1 && random.IntN(2) == 0 {
			require.NoError(t, os.Truncate(s.Path, size+random.Int64N(9000)), "zeros")
		}
	}
	for _, name := range []string{CheckpointsName, EpochsName} {
		path := filepath.Join(dir, name)
		if _, made := synced[name]; !made {
			continue
		}
		require.NoError(t, os.Truncate(path, synced[name]))
		if random.IntN(2) == 0 {
			require.NoError(t, os.Truncate(path, synced[name]+random.Int64N(500)), "zeros")
		}
	}
	tree := filepath.Join(dir, treeName)
	if _, err := os.Stat(tree); err != nil {
		return
	}
	switch random.IntN(3) {
	case 0:
		require.NoError(t, os.Truncate(tree, 0))
	case 1:
		require.NoError(t, os.Remove(tree))
	}
}
