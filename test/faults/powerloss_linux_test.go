package faults

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// disk is a file system in a file. What its files hold in memory only is not in
// that file: a copy of it is what a power cut would have left.
type disk struct{ image string }

const diskSize = 128 << 20

func newDisk(t *testing.T, image, dir string) (*disk, error) {
	t.Helper()
	f, err := os.OpenFile(image, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Truncate(diskSize); err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	if out, err := exec.Command("mkfs.ext4", "-q", image).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("make a file system: %w: %s", err, out)
	}
	d := &disk{image: image}
	return d, d.mount(t, dir)
}

// mount mounts it so that nothing is written by the system of its own accord.
func (d *disk) mount(t *testing.T, dir string) error {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if out, err := exec.Command("mount", "-o", "loop,commit=600", d.image, dir).CombinedOutput(); err != nil {
		return fmt.Errorf("mount a file system: %w: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", "-l", dir).CombinedOutput(); err != nil {
			t.Errorf("unmount %s: %v: %s", dir, err, out)
		}
	})
	return nil
}

// cut mounts at dir what is left when the power fails now.
func (d *disk) cut(t *testing.T, dir string) *disk {
	t.Helper()
	left := &disk{image: dir + ".img"}
	content, err := os.ReadFile(d.image)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(left.image, content, 0o600))
	require.NoError(t, left.mount(t, dir))
	return left
}

// TestPowerLoss cuts the power again and again while hooks are called: every
// event whose hook had ended is in the audit log or in the spool.
func TestPowerLoss(t *testing.T) {
	notShort(t)
	c := choose(t)
	s, err := harness.New()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	power, err := newDisk(t, filepath.Join(s.Dir, "disk.img"), string(s.Home))
	if err != nil {
		say("no power loss: %v", err)
		t.Skip("needs to mount a file system")
	}
	collector := s.NewCollector()
	require.NoError(t, collector.Start())
	t.Cleanup(func() { require.NoError(t, collector.Stop()) })
	require.NoError(t, collector.Ready(t.Context()))

	const emitters, rounds = 4, 6
	var gate sync.RWMutex // held while the power is off
	ctx, stop := context.WithCancel(t.Context())
	var group sync.WaitGroup
	var all []*session
	var total atomic.Int64
	errs := make([]error, emitters)
	for i := range emitters {
		one := &session{id: fmt.Sprintf("power-%d", i), way: byCommand, stack: s, told: map[string]bool{}, untold: map[string]bool{}, gate: &gate}
		all = append(all, one)
		group.Go(func() { errs[i] = one.emit(ctx, 1<<20, 2*time.Millisecond, &total, c.of(uint64(i))) })
	}
	var after *harness.Stack
	var expected map[string]bool
	await(t, "the first checkpoint", func() error { // before it nothing vouches for the log
		_, err := os.Stat(filepath.Join(s.Home.Audit(), "checkpoints"))
		return err
	})
	for round := range rounds {
		pick := c.of(1000 + uint64(round))
		rest(t.Context(), pick, 300, 1200)
		require.NoError(t, collector.Signal(syscall.SIGSTOP))
		gate.Lock() // hooks that were under way have spooled their events
		control := filepath.Join(string(s.Home), fmt.Sprintf("control-%d", round))
		require.NoError(t, os.WriteFile(control, bytes.Repeat([]byte("x"), 4096), 0o600))
		expected = map[string]bool{}
		for _, one := range all {
			maps.Copy(expected, one.told)
		}
		machine, err := harness.New()
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, machine.Close()) })
		after = machine
		power.cut(t, string(after.Home))
		require.NoFileExists(t, filepath.Join(string(after.Home), filepath.Base(control)), "what was not synced is gone")
		gate.Unlock()
		require.NoError(t, collector.Signal(syscall.SIGCONT))
		kept := keptAfter(t, after.Home)
		for call := range expected {
			require.True(t, kept[call], "%s was acknowledged before the power failed", call)
		}
		requireVerified(t, after)
		say("power cut %d: %d events acknowledged, all kept", round+1, len(expected))
	}
	stop()
	group.Wait()

	// The last of these machines comes up again, and has each event once.
	again := after.NewCollector()
	require.NoError(t, again.Start())
	t.Cleanup(func() { require.NoError(t, again.Stop()) })
	require.NoError(t, again.Ready(t.Context()))
	await(t, "an empty spool", func() error {
		names, err := after.Spooled()
		if err == nil && len(names) > 0 {
			err = fmt.Errorf("%d events stay in it", len(names))
		}
		return err
	})
	calls := map[string]int{}
	entries, err := after.Events(t.Context(), auditlog.Filter{Kind: auditlog.KindLog})
	require.NoError(t, err)
	for _, e := range entries {
		calls[e.Attribute(semconv.ToolCallID)]++
	}
	doubled := 0
	for call := range expected {
		require.Positive(t, calls[call], call)
		doubled += calls[call] - 1
	}
	fmt.Printf("RESULT power_cuts=%d acknowledged=%d kept=%d doubled=%d\n", rounds, len(expected), len(expected), doubled)
	require.Zero(t, doubled)
}

// keptAfter returns the tool calls that the audit log or the spool has.
func keptAfter(t *testing.T, home statedir.Dir) map[string]bool {
	t.Helper()
	kept := map[string]bool{}
	require.NoError(t, auditlog.Read(t.Context(), home.Audit(), auditlog.Filter{Kind: auditlog.KindLog}, func(e auditlog.Entry) error {
		kept[e.Attribute(semconv.ToolCallID)] = true
		return nil
	}))
	files, err := os.ReadDir(home.Spool())
	require.NoError(t, err)
	for _, f := range files {
		content, err := os.ReadFile(filepath.Join(home.Spool(), f.Name()))
		require.NoError(t, err)
		for _, part := range bytes.Split(content, []byte(`"`)) {
			if bytes.HasPrefix(part, []byte("toolu_power-")) {
				kept[string(part)] = true
			}
		}
	}
	return kept
}
