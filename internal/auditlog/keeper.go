package auditlog

import (
	"sync"
	"sync/atomic"
	"time"
)

// retryEvery is how long the keeper waits after something failed.
const retryEvery = time.Second

// keeper does beside the appends what nobody waits for: it signs checkpoints,
// changes keys, writes heartbeats and prunes.
type keeper struct {
	woken chan struct{} // something is to be signed
	stop  chan struct{}
	done  chan struct{}
	once  sync.Once

	// offer holds the newest checkpoint that OnCheckpoint has not seen.
	offer   chan Checkpoint
	offered chan struct{} // closed when the last call came back
}

// mirror is what of the keeper's state others may look at.
type mirror struct {
	size     atomic.Int64 // records in the log
	epoch    atomic.Uint64
	signed   atomic.Int64
	signedAt atomic.Int64 // nanoseconds since 1970; 0 for never
}

func (m *mirror) into(s *Status) {
	s.Epoch, s.SignedSize = m.epoch.Load(), m.signed.Load()
	if at := m.signedAt.Load(); at != 0 {
		s.SignedAt = time.Unix(0, at)
	}
}

// Uncovered returns how many records no checkpoint covers yet, and when the
// newest one was signed: zero when this process signed none. It waits for nothing.
func (l *Log) Uncovered() (records int64, signedAt time.Time) {
	if at := l.mirror.signedAt.Load(); at != 0 {
		signedAt = time.Unix(0, at)
	}
	signed := l.mirror.signed.Load()
	return max(0, l.mirror.size.Load()-signed), signedAt
}

// wake tells the keeper that there is something to sign.
func (k *keeper) wake() {
	select {
	case k.woken <- struct{}{}:
	default:
	}
}

// begin starts the keeper.
func (l *Log) begin() {
	k := &l.keeper
	k.stop, k.done = make(chan struct{}), make(chan struct{})
	if l.opts.OnCheckpoint != nil {
		k.offer, k.offered = make(chan Checkpoint, 1), make(chan struct{})
		go func() {
			defer close(k.offered)
			for c := range k.offer {
				l.opts.OnCheckpoint(c)
			}
		}()
	}
	if l.signed.Note != nil {
		k.hand(l.signed) // whoever keeps checkpoints elsewhere may have missed it
	}
	go l.keep()
}

// end stops the keeper, once what it does is done.
func (k *keeper) end() {
	if k.stop == nil {
		return
	}
	k.once.Do(func() { close(k.stop) })
	<-k.done
}

// finish waits until OnCheckpoint has seen the newest checkpoint.
func (k *keeper) finish() {
	if k.offer != nil {
		close(k.offer)
		<-k.offered
		k.offer = nil
	}
}

// hand offers a checkpoint in the place of one that nobody has taken yet.
func (k *keeper) hand(c Checkpoint) {
	if k.offer == nil {
		return
	}
	for {
		select {
		case k.offer <- c:
			return
		default:
		}
		select {
		case <-k.offer:
		default:
		}
	}
}

// keep is the keeper.
func (l *Log) keep() {
	defer close(l.keeper.done)
	sign := newAlarm()
	beat := newAlarm()
	turn := newAlarm()
	defer sign.Stop()
	defer beat.Stop()
	defer turn.Stop()
	beat.in(l.untilBeat())
	if l.nextKey != nil || (l.fresh() && !l.opts.quiet) {
		turn.in(retryEvery) // Open could not
	} else {
		turn.in(l.opts.EpochInterval)
	}
	sign.in(l.opts.CheckpointInterval)
	for {
		select {
		case <-l.keeper.stop:
			return
		case <-l.keeper.woken:
			if l.urgent() {
				sign.in(1)
			} else {
				sign.in(l.opts.CheckpointInterval)
			}
		case <-sign.C:
			sign.set = false
			if !l.try("sign a checkpoint", l.checkpoint()) {
				sign.in(retryEvery)
			} else {
				l.try("prune", l.prune())
			}
		case <-beat.C:
			beat.set = false
			l.try("guard the keys", l.guardKeys())
			l.try("write a heartbeat", l.heartbeat())
			l.try("prune", l.prune())
			beat.in(l.untilBeat())
		case <-turn.C:
			turn.set = false
			if l.try("change the key", l.changeKey()) {
				turn.in(l.opts.EpochInterval)
			} else {
				turn.in(retryEvery)
			}
		}
	}
}

// beatLag is how far behind a whole interval a heartbeat is: what happened just
// before that is written by then.
const beatLag = 20 * time.Millisecond

// untilBeat is the time until the next heartbeat: they are written at whole minutes
// of the clock when the interval is a minute. Below 0: none is.
func (l *Log) untilBeat() time.Duration {
	every := l.opts.HeartbeatInterval
	if every <= 0 {
		return every
	}
	lag := min(beatLag, every/10)
	return every - time.Duration(l.opts.now().Add(-lag).UnixNano())%every
}

// try tells the observer of what failed.
func (l *Log) try(what string, err error) bool {
	if err != nil {
		l.opts.Observer.KeeperFailed(what, err)
	}
	return err == nil
}

// alarm is a timer that goes off once, at the earliest time that was asked for.
type alarm struct {
	*time.Timer
	set bool
	at  time.Time
}

func newAlarm() *alarm {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return &alarm{Timer: t}
}

// in sets the alarm; below 0 it is not set.
func (a *alarm) in(d time.Duration) {
	at := time.Now().Add(d)
	if d < 0 || (a.set && a.at.Before(at)) {
		return
	}
	a.set, a.at = true, at
	a.Reset(d)
}
