package report

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

func TestWhenTheRecorderWasOff(t *testing.T) {
	at := func(minutes int) time.Time { return day.Add(time.Duration(minutes) * time.Minute) }
	off := func(since, until int, records ...auditlog.Record) Recorder {
		r := recorder{since: at(since), until: at(until)}
		for i := range records {
			r.add(&auditlog.Entry{Record: records[i]})
		}
		return r.result()
	}
	own := func(kind string, minute int) auditlog.Record { return auditlog.Record{Kind: kind, Time: at(minute)} }
	start, stop, beat := auditlog.KindStart, auditlog.KindStop, auditlog.KindHeartbeat

	r := off(0, 100, own(start, 10), own(beat, 11), own(auditlog.KindLog, 50), own(beat, 12), own(stop, 12), own(start, 20), own(beat, 21), own(start, 23), own(beat, 24), own(beat, 40), own(stop, 41))
	require.Equal(t, []Stretch{
		{at(12), at(20), StretchStopped},
		{at(21), at(23), StretchEnded},
		{at(24), at(40), StretchSilent},
		{at(41), at(100), StretchStopped},
	}, r.Stretches)
	require.Equal(t, 4, r.Off)
	require.InDelta(t, (8+2+16+59)*60, r.OffSeconds, 0.1)
	require.Equal(t, at(10), *r.Since)

	r = off(15, 18, own(start, 10), own(stop, 12), own(start, 20))
	require.Equal(t, []Stretch{{at(15), at(18), StretchStopped}}, r.Stretches, "as much as is of the period")
	r = off(0, 30, own(start, 10), own(stop, 35), own(start, 40), own(beat, 39), own(beat, 40), own(beat, 41))
	require.Equal(t, []Stretch{{at(10), at(30), StretchSilent}}, r.Stretches)
	require.Nil(t, off(0, 1).Since)
	require.Empty(t, off(0, 2, own(start, 0), own(beat, 1)).Stretches)
}
