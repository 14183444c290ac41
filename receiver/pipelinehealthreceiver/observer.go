package pipelinehealthreceiver

import (
	"context"
	"math"
	"os"
	"time"

	"github.com/shirou/gopsutil/v4/process"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/health"
	"github.com/agent-telemetry/agent-telemetry/internal/rollup"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// observer looks at the collector's state.
type observer struct {
	config  *Config
	home    statedir.Dir
	host    string
	started time.Time
	feed    *auditlog.Feed

	before map[string]float64 // what counters said at the look before
}

func newObserver(cfg *Config) *observer {
	home := statedir.Dir(cfg.StateDirectory)
	host, _ := os.Hostname() // left out when there is none
	return &observer{config: cfg, home: home, host: host, started: time.Now(), feed: auditlog.FeedOf(home.Audit()), before: map[string]float64{}}
}

// since returns by how much a counter grew. One that fell began anew.
func (o *observer) since(name string, now float64) int64 {
	before := o.before[name]
	o.before[name] = now
	if now < before {
		before = 0
	}
	return whole(now - before)
}

func whole(f float64) int64 {
	if math.IsNaN(f) {
		return 0
	}
	return int64(math.Round(max(0, min(f, 1e15))))
}

func seconds(t *time.Time, now time.Time) int64 {
	if t == nil {
		return 0
	}
	return whole(now.Sub(*t).Seconds())
}

// look returns the state as roll-ups. What cannot be looked at is left out.
func (o *observer) look(ctx context.Context, now time.Time) (ld plog.Logs, failures []error) {
	out := rollup.NewLogs()
	fault := func(err error) bool {
		if err != nil {
			failures = append(failures, err)
		}
		return err == nil
	}
	var seen samples
	if o.config.MetricsPort != 0 {
		all, err := health.Metrics(ctx, o.config.MetricsPort, prefixes...)
		if fault(err) {
			seen = byName(all)
		}
	}
	var l rollup.Line
	l.Text(semconv.RollupFieldHost, o.host)
	l.State(semconv.HealthUptime, whole(now.Sub(o.started).Seconds()))
	fault(o.process(ctx, &l))
	o.disk(&l, now, fault)
	o.metrics(&l, seen)
	out.Append(semconv.RollupHealth, "", now, l.String())

	deliveries, err := health.ReadDelivery(ctx, o.home)
	fault(err)
	for _, d := range deliveries {
		var l rollup.Line
		l.Text(semconv.RollupFieldHost, o.host)
		l.Text(semconv.RollupFieldReceiver, d.Name)
		l.State(semconv.DeliveryBehind, whole(float64(d.Behind)))
		l.State(semconv.DeliveryWaiting, whole(d.Waiting))
		l.State(semconv.DeliverySkipped, whole(float64(d.Skipped)))
		l.State(semconv.DeliveryRefused, whole(float64(d.Refused)))
		out.Append(semconv.RollupDelivery, "", now, l.String())
	}
	for _, name := range seen.channels() {
		out.Append(semconv.RollupChannel, "", now, o.channel(name, seen, now))
	}
	return out.Logs, failures
}

func (o *observer) process(ctx context.Context, l *rollup.Line) error {
	p, err := process.NewProcessWithContext(ctx, int32(os.Getpid())) //nolint:gosec // PIDs fit
	if err != nil {
		return err
	}
	memory, err := p.MemoryInfoWithContext(ctx)
	if err != nil {
		return err
	}
	times, err := p.TimesWithContext(ctx)
	if err != nil {
		return err
	}
	l.State(semconv.HealthRSS, whole(float64(memory.RSS)))
	l.State(semconv.HealthCPU, o.since(semconv.HealthCPU, 1000*(times.User+times.System)))
	return nil
}

func (o *observer) disk(l *rollup.Line, now time.Time, fault func(error) bool) {
	if s, err := health.ReadSpool(o.home); fault(err) {
		l.State(semconv.HealthSpoolFiles, int64(s.Files))
		l.State(semconv.HealthSpoolBytes, s.Bytes)
		l.State(semconv.HealthSpoolOldest, seconds(s.Oldest, now))
		l.State(semconv.HealthSpoolReject, int64(s.Rejected))
	}
	if h, err := health.ReadHook(o.home, now); fault(err) {
		l.State(semconv.HealthHookLost, int64(h.Lost))
	}
	if a, err := health.ReadAudit(o.home); fault(err) {
		_, records := o.feed.Written()
		l.State(semconv.HealthAuditRecords, whole(float64(records)))
		l.State(semconv.HealthAuditBytes, a.Bytes)
		l.State(semconv.HealthAuditFiles, int64(a.Segments))
	}
	if d, err := health.ReadDisk(o.home); fault(err) {
		l.State(semconv.HealthDiskFree, whole(float64(d.Free)))
		l.State(semconv.HealthDiskTotal, whole(float64(d.Total)))
	}
}

func (o *observer) metrics(l *rollup.Line, seen samples) {
	if seen == nil {
		return
	}
	for _, c := range gauges {
		l.State(c.field, whole(seen.sum(c, "", "")))
	}
	for i := 0; i < len(counters); {
		field, total := counters[i].field, 0.0
		for ; i < len(counters) && counters[i].field == field; i++ {
			total += seen.sum(counters[i], "", "")
		}
		l.State(field, o.since(field, total))
	}
	for _, c := range averages {
		sum, n := seen.sum(c, "_sum", ""), seen.sum(c, "_count", "")
		took := o.since(c.field+"_sum", 1e6*sum)
		if n := o.since(c.field, n); n > 0 {
			l.State(c.field, whole(float64(took)/float64(n)))
		}
	}
}

// channel is the state of a notify exporter.
func (o *observer) channel(name string, seen samples, now time.Time) string {
	var l rollup.Line
	l.Text(semconv.RollupFieldHost, o.host)
	l.Text(semconv.RollupFieldExporter, name)
	for _, c := range channelCounters {
		l.State(c.field, o.since("channel "+name+" "+c.field, seen.sum(c, "", name)))
	}
	l.State(semconv.ChannelPending, whole(seen.sum(counter{metric: channelPending}, "", name)))
	for _, last := range []counter{{field: semconv.ChannelLastOK, metric: channelLastOK}, {field: semconv.ChannelLastFailed, metric: channelLastBad}} {
		if at := seen.sum(last, "", name); at > 0 {
			l.State(last.field, whole(float64(now.UnixNano())/1e9-at))
		}
	}
	return l.String()
}
