package auditverify

import (
	"bytes"
	"encoding/json"
	"math"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

// clock checks the times of the records. What the log writes of itself (starts,
// heartbeats, …) is stamped when it is written: those times go forward, and every
// event was observed before the next of them. Events may come late: they wait
// in the spool while no collector runs.
type clock struct {
	res       *results
	tolerance time.Duration
	heartbeat time.Duration // how often one is expected

	own     bool // a record of the log's own was seen
	open    bool // no stop since
	last    int64
	at      place // of the last one
	lastEnd kind

	newest   int64 // observed since the last one
	newestAt place
	delayed  int64
	longest  time.Duration
}

// line looks at the times of one line.
func (c *clock) line(at place, l *line) {
	switch l.kind {
	case kindStart, kindStop, kindHeartbeat, kindKey, kindPrune, kindTornTail, kindDisturbed, kindSetAside:
		if l.at != 0 {
			c.ours(at, l)
		}
	default:
		if l.seen > c.newest {
			c.newest, c.newestAt = l.seen, at
		}
		if late := time.Duration(c.last - l.seen); c.last > 0 && l.seen > 0 && late > c.maxGap() {
			c.delayed++
			c.longest = max(c.longest, late)
		}
	}
}

// maxGap is how long the log may be silent while it is open.
func (c *clock) maxGap() time.Duration { return 2*c.heartbeat + c.tolerance }

func (c *clock) ours(at place, l *line) {
	if step := stepOf(l); step != 0 {
		c.res.warn(CheckTimestamps, at.finding("", "", "the clock was set by %s before record %d, the log noticed", short(step), at.seq))
		c.last += int64(step)
		c.newest = 0 // observed by the old clock
	}
	if back := time.Duration(c.last - l.at); c.own && back > c.tolerance {
		c.res.warn(CheckTimestamps, at.finding("", "", "the clock of record %d is %s behind that of record %d", at.seq, short(back), c.at.seq))
	}
	if ahead := time.Duration(c.newest - l.at); c.newest > 0 && ahead > c.tolerance {
		c.res.warn(CheckTimestamps, c.newestAt.finding("", "", "record %d was observed %s after record %d was written, which stands behind it", c.newestAt.seq, short(ahead), at.seq))
	}
	gap := time.Duration(l.at - c.last)
	switch {
	case !c.own || !c.open:
	case l.kind == kindStart:
		c.res.warn(CheckHeartbeats, at.finding("", "", "no stop before the start in record %d: the collector was killed, after %s", at.seq, stamp(c.last)))
	case gap > c.maxGap() && l.kind != kindTornTail && l.kind != kindSetAside: // what a crash tore is recorded before the start
		c.res.warn(CheckHeartbeats, at.finding("", "", "nothing for %s before record %d, and no stop: the machine slept, or the collector was held", short(gap), at.seq))
	}
	c.open = l.kind != kindStop && (c.open || l.kind == kindStart || l.kind == kindHeartbeat)
	c.own, c.last, c.at, c.lastEnd = true, l.at, at, l.kind
	c.newest = 0
}

// stepOf returns how far the log saw the clock jump, according to a record of its
// own; 0 when it did not.
func stepOf(l *line) time.Duration {
	if !bytes.Contains(l.record, []byte(auditlog.LifeClock)) {
		return 0
	}
	a, err := decodeAttributes(l.record)
	if err != nil {
		return 0
	}
	n, _ := a[auditlog.LifeClock].(json.Number)
	seconds, err := n.Float64()
	if err != nil || math.Abs(seconds) > 1e9 {
		return 0
	}
	return time.Duration(seconds * float64(time.Second))
}

// end looks at how the log ends.
func (c *clock) end(now time.Time) {
	if !c.own {
		c.res.skip(CheckHeartbeats, "the log has no records of its own")
		return
	}
	if silent := now.Sub(time.Unix(0, c.last)); c.open && silent > c.maxGap() {
		c.res.warn(CheckHeartbeats, c.at.finding("", "", "the log ends without a stop, %s ago: the collector was killed, or what came then is missing", short(silent)))
	}
}

func stamp(nanos int64) string { return time.Unix(0, nanos).UTC().Format(time.RFC3339) }

func short(d time.Duration) string { return d.Round(time.Second / 10).String() }
