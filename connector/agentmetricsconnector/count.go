package agentmetricsconnector

import (
	"context"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/otel/metric"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// seconds in a millisecond.
const millisecond = 1e-3

// tally is what became of records.
type tally struct{ counted, doubled, unrelated int64 }

// counting counts records. It is not safe for concurrent use.
type counting struct {
	cfg      *Config
	m        *instruments
	activity *activity
	seen     *seen
	r        record
	span     spanContext
}

func newCounting(cfg *Config) (*counting, error) {
	m, err := newInstruments(cfg)
	if err != nil {
		return nil, err
	}
	a, err := newActivity(cfg, m)
	if err != nil {
		return nil, err
	}
	return &counting{cfg: cfg, m: m, activity: a, seen: newSeen(cfg.DedupWindow)}, nil
}

// addAll counts the records of ld.
func (c *counting) addAll(ld plog.Logs) (t tally) {
	ctx := context.Background() // exemplars are of the events' spans, not of this collector's
	for _, rl := range ld.ResourceLogs().All() {
		ours := ours(rl.Resource().Attributes())
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				switch {
				case !c.r.read(ours, lr):
					t.unrelated++
				case c.seen.before(c.r.id):
					t.doubled++
				default:
					t.counted++
					c.add(ctx)
				}
			}
		}
	}
	return t
}

func (c *counting) add(ctx context.Context) {
	r, m := &c.r, c.m
	m.project = r.project
	switch {
	case r.typ == semconv.EventSecurityAlert:
		c.alert()
		return
	case !r.ours:
		c.request(ctx)
		return
	}
	m.events.add(1, labels{r.typ, r.hook})
	switch r.typ {
	case semconv.EventTurnEnd, semconv.EventTurnFailure:
		m.turns.add(1, labels{r.err})
	case semconv.EventPermissionDenied:
		m.toolCalls.add(1, labels{r.tool, r.agent(), orOther(r.err)})
	}
	if r.verdict != "" {
		m.verdicts.add(1, labels{r.verdict})
	}
	if r.ended() {
		c.call(ctx)
	}
	c.activity.observe(ctx, r)
}

func orOther(err string) string {
	if err == "" {
		return semconv.ErrorTypeOther
	}
	return err
}

// call counts a tool call that is over.
func (c *counting) call(ctx context.Context) {
	r, m := &c.r, c.m
	l := labels{r.tool, r.agent(), r.failure()}
	m.toolCalls.add(1, l)
	if r.timed {
		in := ctx
		if c.cfg.Exemplars {
			in = c.span.of(ctx, r.trace, r.span)
		}
		m.toolTime.record(in, r.millis*millisecond, l)
	}
	if r.tokens > 0 {
		m.delegationTokens.record(ctx, r.tokens, labels{r.callee})
	}
}

func (c *counting) alert() {
	r, m := &c.r, c.m
	l := labels{r.severity, r.rule, r.category}
	m.events.add(1, labels{r.typ})
	m.alerts.add(1, l)
	m.suppressed.add(int64(r.suppressed), l)
}

// request counts a request to the model.
func (c *counting) request(ctx context.Context) {
	r, m := &c.r, c.m
	who, failure := r.asker(), ""
	if r.native == semconv.NativeAPIError {
		failure = orOther(r.status)
	}
	m.requests.add(1, labels{r.model, who, r.source, failure})
	if r.timed {
		m.requestTime.record(ctx, r.millis*millisecond, labels{r.model, who, r.source, failure})
	}
	if in := r.in + r.cacheRead + r.cacheMade; in > 0 {
		m.tokenUsage.record(ctx, in, labels{semconv.TokenTypeInput, r.model, who, r.source})
	}
	if r.out > 0 {
		m.tokenUsage.record(ctx, r.out, labels{semconv.TokenTypeOutput, r.model, who, r.source})
	}
	for _, k := range []struct {
		name string
		n    float64
	}{{semconv.TokensIn, r.in}, {semconv.TokensOut, r.out}, {semconv.TokensCacheRead, r.cacheRead}, {semconv.TokensCacheMade, r.cacheMade}} {
		m.requestTokens.add(int64(k.n), labels{k.name, r.model, who, r.source})
	}
	m.cost.add(r.cost, labels{r.model, who, r.source})
}

// levels tells how much is active.
func (c *counting) levels(o metric.Observer) {
	m := c.m
	agents, sessions := map[*choice]int64{}, map[*choice]int64{}
	if !c.cfg.ProjectAttribute {
		sessions[m.sessionsActive.option(labels{})] = 0 // also when there is none
	}
	for g, n := range c.activity.activeAgents() {
		m.project = g.project
		agents[m.agentsActive.option(labels{g.name})] += n
	}
	for project, n := range c.activity.activeSessions() {
		m.project = project
		sessions[m.sessionsActive.option(labels{})] += n
	}
	for option, n := range agents {
		o.ObserveInt64(m.agentsActive.in, n, option)
	}
	for option, n := range sessions {
		o.ObserveInt64(m.sessionsActive.in, n, option)
	}
}
