package faults

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// damage is what was done.
type damage struct{ kills, exits, lokiStops, fullDisks, clockJumps int }

// saboteurs work until ctx ends, then leave everything running.
type saboteurs struct {
	group  sync.WaitGroup
	damage damage
	errs   [4]error
}

func sabotage(ctx context.Context, collector *harness.Collector, loki *harness.LokiServer, disks []string, clock bool, c choices) *saboteurs {
	s := &saboteurs{}
	s.group.Go(func() { s.errs[0] = s.kill(ctx, collector, c.of(1)) })
	s.group.Go(func() { s.errs[1] = s.stopLoki(ctx, loki, c.of(2)) })
	if len(disks) > 0 {
		s.group.Go(func() { s.errs[2] = s.fill(ctx, disks, c.of(3)) })
	}
	if clock {
		s.group.Go(func() { s.errs[3] = s.jumpClock(ctx, c.of(4)) })
	}
	return s
}

func (s *saboteurs) wait() (damage, error) {
	s.group.Wait()
	return s.damage, errors.Join(s.errs[:]...)
}

// kill ends the collector about every second.
func (s *saboteurs) kill(ctx context.Context, collector *harness.Collector, pick *rand.Rand) error {
	for rest(ctx, pick, 500, 1500) {
		switch err := collector.Kill(); {
		case err == nil:
			s.damage.kills++
		case errors.Is(err, harness.ErrEnded):
			s.damage.exits++ // it does not start on a full disk; a supervisor tries again
		default:
			return err
		}
		rest(ctx, pick, 0, 300)
		if err := collector.Start(); err != nil {
			return err
		}
	}
	// What is left running is alive.
	if err := collector.Kill(); err != nil && !errors.Is(err, harness.ErrEnded) {
		return err
	}
	s.damage.kills++
	return nil
}

// stopLoki ends Loki now and then for some seconds.
func (s *saboteurs) stopLoki(ctx context.Context, loki *harness.LokiServer, pick *rand.Rand) error {
	for rest(ctx, pick, 3000, 8000) {
		if err := loki.Stop(); err != nil {
			return err
		}
		s.damage.lokiStops++
		rest(ctx, pick, 1000, 4000)
		if err := loki.Start(context.WithoutCancel(ctx)); err != nil {
			return err
		}
	}
	return nil
}

// fill leaves no byte on a disk for a second or two.
func (s *saboteurs) fill(ctx context.Context, disks []string, pick *rand.Rand) error {
	for rest(ctx, pick, 2000, 5000) {
		filler := filepath.Join(disks[pick.IntN(len(disks))], "filler")
		if err := fillUp(filler); err != nil {
			return err
		}
		s.damage.fullDisks++
		rest(ctx, pick, 500, 2000)
		if err := os.Remove(filler); err != nil {
			return fmt.Errorf("empty disk: %w", err)
		}
	}
	return nil
}

// fillUp writes a file until there is no space left.
func fillUp(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("fill disk: %w", err)
	}
	for block := make([]byte, 64<<10); len(block) > 0; {
		if _, err = f.Write(block); err == nil {
			continue
		}
		if !errors.Is(err, syscall.ENOSPC) {
			return fmt.Errorf("fill disk: %w", errors.Join(err, f.Close()))
		}
		block = block[:len(block)/2]
	}
	return f.Close()
}

// rest waits for some time between two numbers of milliseconds, and reports
// whether ctx still holds.
func rest(ctx context.Context, pick *rand.Rand, least, most int) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(time.Duration(least+pick.IntN(most-least+1)) * time.Millisecond):
		return true
	}
}

// smallDisk mounts a file system of some bytes at dir, if this process may.
func smallDisk(t *testing.T, dir, size string) error {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := mountTmpfs(dir, size); err != nil {
		return fmt.Errorf("mount a small disk: %w", err)
	}
	t.Cleanup(func() {
		if err := unmount(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("unmount %s: %v", dir, err)
		}
	})
	return nil
}
