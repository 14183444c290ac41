package agentmetricsconnector

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	sdk "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/exemplar"
	"go.opentelemetry.io/otel/sdk/resource"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/version"
)

// Bounds of buckets. Those of durations and tokens are what OpenTelemetry's GenAI
// conventions advise.
var (
	toolSeconds    = []float64{0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92}
	agentSeconds   = []float64{0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 102.4, 204.8, 409.6}
	tokenBounds    = []float64{1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864}
	fewBounds      = []float64{1, 2, 3, 4, 5, 6, 8, 10, 15, 20}
	toolCallBounds = []float64{0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000}
)

// Of exponential histograms.
const (
	maxBuckets = 160
	maxScale   = 20
)

// counter, amount and histogram add to the series of one metric.
type (
	counter struct {
		*series
		in metric.Int64Counter
	}
	amount struct {
		*series
		in metric.Float64Counter
	}
	histogram struct {
		*series
		in metric.Float64Histogram
	}
	level struct {
		*series
		in metric.Int64ObservableUpDownCounter
	}
)

// maxCount bounds what one record adds to a counter: a day of records made up at 100,000 a
// second does not bring it over.
const maxCount = 1_000_000_000

func (c counter) add(n int64, values labels) {
	if n > 0 {
		c.option(values).count += min(n, maxCount)
	}
}

func (c counter) settle(ctx context.Context) {
	for o := range c.all {
		if o.count > 0 {
			c.in.Add(ctx, o.count, o)
			o.count = 0
		}
	}
}

func (a amount) add(n float64, values labels) {
	if n > 0 {
		a.option(values).amount += n
	}
}

func (a amount) settle(ctx context.Context) {
	for o := range a.all {
		if o.amount > 0 {
			a.in.Add(ctx, o.amount, o)
			o.amount = 0
		}
	}
}

func (h histogram) record(ctx context.Context, v float64, values labels) {
	h.in.Record(ctx, v, h.option(values).record...)
}

// instruments are the metrics that are made. They are not safe for concurrent use.
type instruments struct {
	provider *sdk.MeterProvider
	reader   *sdk.ManualReader
	all      []*series
	project  string // of what is measured

	toolTime, agentTime, requestTime histogram
	tokenUsage, delegationTokens     histogram
	agentCalls, depth, fanOut        histogram

	events, toolCalls, turns, alerts, suppressed, verdicts counter
	requests, requestTokens                                counter
	cost                                                   amount
	sessionsActive, agentsActive                           level
}

func newInstruments(cfg *Config) (*instruments, error) {
	filter := exemplar.AlwaysOffFilter
	if cfg.Exemplars {
		filter = exemplar.AlwaysOnFilter
	}
	m := &instruments{reader: sdk.NewManualReader(sdk.WithTemporalitySelector(temporality(cfg)))}
	b := builder{cfg: cfg, m: m}
	m.provider = sdk.NewMeterProvider(
		sdk.WithReader(m.reader), sdk.WithResource(resource.Empty()), sdk.WithExemplarFilter(filter),
		sdk.WithCardinalityLimit(0), // series has the limit, and counts what is beyond
		sdk.WithView(view(cfg)),
	)
	b.meter = m.provider.Meter(semconv.MetricsScopeName, metric.WithInstrumentationVersion(version.Version))

	chat := []attribute.KeyValue{
		attribute.String(semconv.OperationName, semconv.OperationChat), attribute.String(semconv.ProviderName, semconv.ProviderAnthropic),
	}
	m.toolTime = b.histogram(semconv.MetricToolDuration, "s", "The duration of a single tool execution.", toolSeconds, nil, semconv.ToolName, semconv.AgentName, semconv.ErrorType)
	m.agentTime = b.histogram(semconv.MetricAgentDuration, "s", "How long a sub-agent worked, from its start, or going on, to its stop.", agentSeconds, nil, semconv.AgentName)
	m.agentCalls = b.histogram(semconv.MetricAgentToolCalls, "{call}", "Tool calls of a sub-agent from its start, or going on, to its stop.", toolCallBounds, nil, semconv.AgentName)
	m.requestTime = b.histogram(semconv.MetricRequestDuration, "s", "GenAI operation duration.", toolSeconds, chat, semconv.RequestModel, semconv.AgentName, semconv.QuerySource, semconv.ErrorType)
	m.tokenUsage = b.histogram(semconv.MetricTokenUsage, "{token}", "Number of input and output tokens used.", tokenBounds, chat, semconv.TokenType, semconv.RequestModel, semconv.AgentName, semconv.QuerySource)
	m.depth = b.histogram(semconv.MetricDepth, "{level}", "How deep below the main agent a sub-agent was called: 1 is by the main agent.", fewBounds, nil, semconv.AgentName)
	m.fanOut = b.histogram(semconv.MetricFanOut, "{agent}", "Sub-agents that an agent called until its turn ended, of those that called any.", fewBounds, nil, semconv.AgentName)
	m.delegationTokens = b.histogram(semconv.MetricDelegationTokens, "{token}", "Tokens that a sub-agent used, as the answer of its call says.", tokenBounds, nil, semconv.AgentName)

	m.events = b.counter(semconv.MetricEvents, "{event}", "Events of hooks, and alerts.", semconv.EventType, semconv.HookEvent)
	m.toolCalls = b.counter(semconv.MetricToolCalls, "{call}", "Tool calls that are over, or were denied.", semconv.ToolName, semconv.AgentName, semconv.ErrorType)
	m.turns = b.counter(semconv.MetricTurns, "{turn}", "Answers of the main agent that ended.", semconv.ErrorType)
	m.alerts = b.counter(semconv.MetricAlertsRaised, "{alert}", "Security alerts.", semconv.AlertSeverity, semconv.RuleName, semconv.RuleCategory)
	m.suppressed = b.counter(semconv.MetricAlertsSuppressed, "{alert}", "Security alerts that were only counted, because one like it had been raised.", semconv.AlertSeverity, semconv.RuleName, semconv.RuleCategory)
	m.verdicts = b.counter(semconv.MetricVerdicts, "{verdict}", "Answers to hooks that asked whether a call may be made.", semconv.EnforcementDecision)
	m.requests = b.counter(semconv.MetricRequests, "{request}", "Requests to the model.", semconv.RequestModel, semconv.AgentName, semconv.QuerySource, semconv.ErrorType)
	m.requestTokens = b.counter(semconv.MetricRequestTokens, "{token}", "Tokens of requests to the model, by kinds that do not overlap.", semconv.TokenKind, semconv.RequestModel, semconv.AgentName, semconv.QuerySource)
	m.cost = b.amount(semconv.MetricRequestCost, "{USD}", "What requests to the model cost, as Claude Code estimates it.", semconv.RequestModel, semconv.AgentName, semconv.QuerySource)

	m.sessionsActive = b.level(semconv.MetricSessionsActive, "{session}", "Sessions that are active.")
	m.agentsActive = b.level(semconv.MetricAgentsActive, "{agent}", "Sub-agents that are active.", semconv.AgentName)
	return m, errors.Join(b.faults...)
}

// settle makes what was counted part of the metrics.
func (m *instruments) settle(ctx context.Context) {
	for _, c := range []counter{m.events, m.toolCalls, m.turns, m.alerts, m.suppressed, m.verdicts, m.requests, m.requestTokens} {
		c.settle(ctx)
	}
	m.cost.settle(ctx)
}

// levels has observe called whenever the metrics are collected.
func (m *instruments) levels(observe func(metric.Observer)) error {
	_, err := m.provider.Meter(semconv.MetricsScopeName, metric.WithInstrumentationVersion(version.Version)).RegisterCallback(
		func(_ context.Context, o metric.Observer) error {
			observe(o)
			return nil
		}, m.sessionsActive.in, m.agentsActive.in)
	return err
}

func temporality(cfg *Config) sdk.TemporalitySelector {
	if cfg.Temporality == temporalDelta {
		return sdk.DeltaTemporalitySelector
	}
	return sdk.CumulativeTemporalitySelector
}

// view decides what histograms look like: those of durations and tokens are as the
// configuration says, and their exemplar is the slowest.
func view(cfg *Config) sdk.View {
	return func(in sdk.Instrument) (sdk.Stream, bool) {
		if in.Kind != sdk.InstrumentKindHistogram {
			return sdk.Stream{}, false
		}
		s := sdk.Stream{Name: in.Name, Description: in.Description, Unit: in.Unit, ExemplarReservoirProviderSelector: noExemplars}
		if in.Unit == "s" && cfg.Exemplars {
			s.ExemplarReservoirProviderSelector = largestExemplar
		}
		if cfg.Histograms == bucketsExponential && (in.Unit == "s" || in.Unit == "{token}") {
			s.Aggregation = sdk.AggregationBase2ExponentialHistogram{MaxSize: maxBuckets, MaxScale: maxScale}
		}
		return s, true
	}
}

// builder makes instruments, and gathers what went wrong.
type builder struct {
	cfg    *Config
	m      *instruments
	meter  metric.Meter
	faults []error
}

func (b *builder) series(name string, fixed []attribute.KeyValue, keys ...string) *series {
	s := newSeries(b.cfg, &b.m.project, name, fixed, keys...)
	b.m.all = append(b.m.all, s)
	return s
}

func (b *builder) counter(name, unit, description string, keys ...string) counter {
	in, err := b.meter.Int64Counter(name, metric.WithUnit(unit), metric.WithDescription(description))
	b.faults = append(b.faults, err)
	return counter{b.series(name, nil, keys...), in}
}

func (b *builder) amount(name, unit, description string, keys ...string) amount {
	in, err := b.meter.Float64Counter(name, metric.WithUnit(unit), metric.WithDescription(description))
	b.faults = append(b.faults, err)
	return amount{b.series(name, nil, keys...), in}
}

func (b *builder) level(name, unit, description string, keys ...string) level {
	in, err := b.meter.Int64ObservableUpDownCounter(name, metric.WithUnit(unit), metric.WithDescription(description))
	b.faults = append(b.faults, err)
	return level{b.series(name, nil, keys...), in}
}

func (b *builder) histogram(name, unit, description string, bounds []float64, fixed []attribute.KeyValue, keys ...string) histogram {
	in, err := b.meter.Float64Histogram(name, metric.WithUnit(unit), metric.WithDescription(description), metric.WithExplicitBucketBoundaries(bounds...))
	b.faults = append(b.faults, err)
	return histogram{b.series(name, fixed, keys...), in}
}
