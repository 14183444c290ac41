package auditverify

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

const (
	// lokiGrace is how old an event must be to be expected in Loki: it may wait
	// in a queue.
	lokiGrace = 2 * time.Minute
	// lokiReach is how old one may be: whatever an event says of its time, Loki is
	// asked about no more than this.
	lokiReach = 400 * 24 * time.Hour
	// lokiStep is the longest time asked for at once.
	lokiStep = 7 * 24 * time.Hour
)

// digest stands for a set of event ids, in any order: how many they are, and the
// sum of their hashes.
type digest struct {
	count int64
	sum   [2]uint64
}

func (d *digest) add(id []byte) {
	h := sha256.Sum256(id)
	d.count++
	d.sum[0] += binary.BigEndian.Uint64(h[:8])
	d.sum[1] += binary.BigEndian.Uint64(h[8:16])
}

// lokiDigest holds a digest for each hour, so that the memory that a comparison
// needs grows with the hours and not with the events.
type lokiDigest struct {
	from, until time.Time
	hours       map[int64]*digest
	outside     int64 // events of another time
}

func newLokiDigest(now time.Time) *lokiDigest {
	return &lokiDigest{from: now.Add(-lokiReach).Truncate(time.Hour), until: now.Add(-lokiGrace), hours: make(map[int64]*digest)}
}

// line takes an event of the log in.
func (d *lokiDigest) line(l *line) {
	if l.kind != kindLog || len(l.event) == 0 || bytes.IndexByte(l.event, '\\') >= 0 {
		return
	}
	d.add(time.Unix(0, l.at), l.event)
}

func (d *lokiDigest) add(at time.Time, id []byte) {
	if at.Before(d.from) || !at.Before(d.until) {
		d.outside++
		return
	}
	hour := at.Unix() / 3600
	if d.hours[hour] == nil {
		d.hours[hour] = &digest{}
	}
	d.hours[hour].add(id)
}

// compareLoki asks Loki for the events of the hours in which the log has some, and
// of those between.
func (r *run) compareLoki(ctx context.Context) error {
	have := newLokiDigest(r.now)
	hours := slices.Sorted(maps.Keys(r.loki.hours))
	if len(hours) == 0 {
		r.res.skip(CheckLoki, "the log has no event that Loki could have")
		return nil
	}
	q := lokiquery.Query{}.Label(semconv.LabelService, semconv.ServiceNameValue)
	from, end := time.Unix(hours[0]*3600, 0), time.Unix((hours[len(hours)-1]+1)*3600, 0)
	if end.After(r.loki.until) {
		end = r.loki.until
	}
	if from.Before(r.loki.from) {
		from = r.loki.from
	}
	for ; from.Before(end); from = from.Add(lokiStep) {
		to := from.Add(lokiStep)
		if to.After(end) {
			to = end
		}
		err := r.opts.Loki.Fresh().Walk(ctx, q, from, to, false, func(e lokiquery.Entry) bool {
			if id := e.Metadata[semconv.MetadataEventID]; id != "" {
				have.add(e.Time, []byte(id))
			}
			return ctx.Err() == nil
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil { // the log itself was checked all the same
			r.res.warn(CheckLoki, Finding{Seq: -1, Offset: -1, Message: fmt.Sprintf("Loki could not be asked: %v", err)})
			return nil
		}
	}
	r.differences(have)
	return nil
}

// differences tells of the hours in which Loki has other events than the log.
func (r *run) differences(have *lokiDigest) {
	all := maps.Clone(r.loki.hours)
	for hour := range have.hours {
		if all[hour] == nil {
			all[hour] = &digest{}
		}
	}
	for _, hour := range slices.Sorted(maps.Keys(all)) {
		log, loki := all[hour], have.hours[hour]
		if loki == nil {
			loki = &digest{}
		}
		if *log == *loki {
			continue
		}
		f := Finding{
			Seq: -1, Offset: -1, Expected: fmt.Sprint(log.count), Found: fmt.Sprint(loki.count),
			Message: fmt.Sprintf("of the hour from %s the log has %d events and Loki has %d", time.Unix(hour*3600, 0).UTC().Format(time.RFC3339), log.count, loki.count),
		}
		if log.count == loki.count {
			f.Message += ", others"
		}
		f.Message += ": agent-telemetry reconcile names them"
		r.res.warn(CheckLoki, f)
	}
	if n := r.loki.outside; n > 0 {
		r.res.by[CheckLoki].Summary = fmt.Sprintf("%d events were left out: they are too new to be in Loki for sure, or older than %d days", n, int(lokiReach.Hours()/24))
	}
}
