package auditlog

import (
	"math"
	"os"
	"time"
)

// clockTolerance is how far the wall clock may drift between two looks before it
// counts as a jump.
const clockTolerance = 2 * time.Second

// clock notices that the wall clock jumps.
type clock struct {
	last time.Time // with the monotonic reading, which does not jump
}

// look returns how far the wall clock jumped since the look before; 0 when it
// did not. now has a monotonic reading.
func (c *clock) look(now time.Time) time.Duration {
	last := c.last
	c.last = now
	if last.IsZero() {
		return 0
	}
	return clockStep(now.Round(0).Sub(last.Round(0)), now.Sub(last)) // Round takes the reading off
}

// clockStep compares how far the wall clock went with the time that passed.
func clockStep(wall, passed time.Duration) time.Duration {
	if step := wall - passed; step.Abs() >= clockTolerance {
		return step
	}
	return 0
}

// life makes a record of the log's own life. The caller holds writing.
func (l *Log) life(kind string) Record {
	r := Record{Kind: kind, Attributes: map[string]any{
		LifePID: os.Getpid(), LifeVersion: l.opts.Version, LifeTreeSize: l.chain.next(), LifeEpoch: l.mirror.epoch.Load(),
	}}
	if l.opts.Version == "" {
		delete(r.Attributes, LifeVersion)
	}
	if step := l.clock.look(l.opts.now()); step != 0 {
		l.stepped(&r, step)
	}
	return r
}

func (l *Log) stepped(r *Record, step time.Duration) {
	r.Attributes[LifeClock] = math.Round(step.Seconds()*1000) / 1000
	l.opts.Observer.ClockStepped(step)
}

// startRecord is the record of the start. Its time is the wall clock's; one that
// lies before the last line, if that is a record of the log's own, is a jump, too.
func (l *Log) startRecord() owed {
	r := l.life(KindStart)
	now := l.opts.now()
	if last := l.lastOwnTime(); !last.IsZero() && now.Before(last.Add(-clockTolerance)) {
		l.stepped(&r, now.Sub(last))
	}
	return owed{record: r}
}

// lastOwnTime is when the log's last line was written, if that is a record of
// its own: others have the time of the event.
func (l *Log) lastOwnTime() time.Time {
	if len(l.last) == 0 {
		return time.Time{}
	}
	e, err := parseEntry(l.last[:len(l.last)-1])
	if err != nil || e.Kind == KindLog {
		return time.Time{}
	}
	return e.Time
}

// heartbeat records that the log is open.
func (l *Log) heartbeat() error {
	return l.own(func() Record { return l.life(KindHeartbeat) })
}

// stopped records that the log is closed. The caller holds writing.
func (l *Log) stopped() error {
	if l.opts.quiet {
		return nil
	}
	if err := l.ready(0); err != nil {
		return err
	}
	return l.note(l.life(KindStop))
}
