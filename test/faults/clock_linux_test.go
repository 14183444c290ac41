package faults

import (
	"context"
	"fmt"
	"math/rand/v2"
	"syscall"
	"time"
)

// jumpClock sets the machine's clock wrong by up to two minutes, forward or back,
// for a second or so, and puts it right again by the clock that never jumps.
func (s *saboteurs) jumpClock(ctx context.Context, pick *rand.Rand) error {
	began := time.Now()
	right := func() time.Time { return began.Round(0).Add(time.Since(began)) }
	for rest(ctx, pick, 2000, 6000) {
		wrong := time.Duration(pick.IntN(240_001)-120_000) * time.Millisecond
		err := setClock(right().Add(wrong))
		if err == nil {
			s.damage.clockJumps++
			rest(ctx, pick, 300, 1500)
			err = setClock(right())
		}
		if err != nil {
			return fmt.Errorf("set the clock: %w", err)
		}
	}
	return nil
}

func setClock(to time.Time) error {
	tv := syscall.NsecToTimeval(to.UnixNano())
	return syscall.Settimeofday(&tv)
}
