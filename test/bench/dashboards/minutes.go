package main

import (
	"math"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/rollup"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// minutes counts records a minute at a time, as the collector does.
type minutes struct {
	out     func(plog.Logs) error
	counter *rollup.Counter
	minute  time.Time
	records uint64 // before the counter
	seen    uint64
}

func newMinutes(out func(plog.Logs) error) *minutes {
	return &minutes{out: out, counter: rollup.NewCounter(rollup.DefaultMaxGroups)}
}

// add counts the records of ld, which come in the order of time.
func (m *minutes) add(ld plog.Logs) error {
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				if at := lr.Timestamp().AsTime().Truncate(time.Minute); !at.Equal(m.minute) {
					if err := m.flush(); err != nil {
						return err
					}
					m.minute = at
				}
				m.counter.Add(rl.Resource(), lr)
				m.seen++
			}
		}
	}
	return nil
}

// flush sends the roll-ups of a minute, and what the collector tells of itself then.
func (m *minutes) flush() error {
	if m.seen == m.records {
		return nil
	}
	ld := m.counter.Logs(rollup.Chunk("0199d0c1-6b2f-7cc4-a6f1-6789abcd0123", m.records))
	own := rollup.NewLogs()
	n := int64(m.seen - m.records)
	m.health(own, n)
	own.ResourceLogs().MoveAndAppendTo(ld.ResourceLogs())
	m.counter, m.records = rollup.NewCounter(rollup.DefaultMaxGroups), m.seen
	return m.out(ld)
}

// health makes the roll-ups of the collector's own state, of an uneventful day.
func (m *minutes) health(to rollup.Logs, n int64) {
	day := float64(m.minute.Hour()*60+m.minute.Minute()) / (24 * 60)
	wave := int64(10 * (1 + math.Sin(day*2*math.Pi)))
	var l rollup.Line
	for _, v := range []struct {
		name  string
		value int64
	}{
		{semconv.HealthUptime, 86_400},
		{semconv.HealthRSS, 110<<20 + wave<<20},
		{semconv.HealthCPU, 200 + n},
		{semconv.HealthSpoolFiles, wave / 8},
		{semconv.HealthAuditRecords, int64(m.seen)},
		{semconv.HealthAuditBytes, int64(m.seen) * 2000},
		{semconv.HealthAuditFiles, 1 + int64(m.seen)/30_000},
		{semconv.HealthCheckpoint, 1},
		{semconv.HealthUncovered, wave},
		{semconv.HealthDiskFree, 80 << 30},
		{semconv.HealthDiskTotal, 200 << 30},
		{semconv.HealthReceived, n},
		{semconv.HealthWritten, n},
		{semconv.HealthPushes, 60},
		{semconv.HealthLokiBytes, n * 200},
		{semconv.HealthJudged, n},
		{semconv.HealthAlerts, n / 100},
		{semconv.HealthRules, 92},
		{semconv.HealthCaptureAvg, 400 + wave},
		{semconv.HealthJudgeAvg, 40 + wave},
		{semconv.HealthSyncAvg, 300 + 10*wave},
	} {
		l.State(v.name, v.value)
	}
	to.Append(semconv.RollupHealth, "", m.minute, l.String())
	for _, receiver := range []string{"audit_log/loki", "audit_log/alerts", "audit_log/rollup"} {
		var l rollup.Line
		l.Text(semconv.RollupFieldReceiver, receiver)
		l.State(semconv.DeliveryBehind, wave)
		l.State(semconv.DeliveryWaiting, wave/10)
		to.Append(semconv.RollupDelivery, "", m.minute, l.String())
	}
	for _, channel := range []string{"notify/file", "notify/slack"} {
		var l rollup.Line
		l.Text(semconv.RollupFieldExporter, channel)
		l.State(semconv.ChannelSent, n/100)
		to.Append(semconv.RollupChannel, "", m.minute, l.String())
	}
}
