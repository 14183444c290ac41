package parallelconnector

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"
)

// errNoPipelines says that the connector does not stand between pipelines.
var errNoPipelines = errors.New("parallel: name the connector as a receiver of at least one pipeline")

// parallel calls its pipelines at the same time.
type parallel struct {
	component.StartFunc
	component.ShutdownFunc
	logger    *zap.Logger
	pipelines []*target
}

// target is a pipeline, and what was learned of it.
type target struct {
	consumer.Logs
	// defers says that the pipeline hands its syncs over instead of waiting for
	// them: it takes little time, and is called in place.
	defers atomic.Bool
}

func newParallel(set connector.Settings, next consumer.Logs) (*parallel, error) {
	p := &parallel{logger: set.Logger}
	router, ok := next.(connector.LogsRouterAndConsumer)
	if !ok {
		p.pipelines = []*target{{Logs: next}} // only one
		return p, nil
	}
	for _, id := range router.PipelineIDs() {
		pipeline, err := router.Consumer(id)
		if err != nil {
			return nil, fmt.Errorf("find pipeline %s: %w", id, err)
		}
		p.pipelines = append(p.pipelines, &target{Logs: pipeline})
	}
	if len(p.pipelines) == 0 {
		return nil, errNoPipelines
	}
	return p, nil
}

// Capabilities tells that the records are passed on as they are.
func (*parallel) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: false}
}

// ConsumeLogs returns when every pipeline has answered: nil when all took the
// records, else what each of the others said. A pipeline that fails does not keep
// the records from the others; who sends them again sends them to all.
func (p *parallel) ConsumeLogs(ctx context.Context, ld plog.Logs) error {
	if len(p.pipelines) == 1 && !p.pipelines[0].Capabilities().MutatesData {
		return p.pipelines[0].ConsumeLogs(ctx, ld)
	}
	r := &round{parallel: p, given: make([]plog.Logs, len(p.pipelines)), errs: make([]error, len(p.pipelines))}
	for i, t := range p.pipelines {
		r.given[i] = ld
		if t.Capabilities().MutatesData {
			r.given[i] = plog.NewLogs()
			ld.CopyTo(r.given[i])
		}
	}
	ld.MarkReadOnly()
	r.run(ctx)
	return errors.Join(r.errs...)
}

// consume turns a panic into an error: in a goroutine of ours it would end the
// collector.
func (p *parallel) consume(ctx context.Context, pipeline consumer.Logs, ld plog.Logs) (err error) {
	defer func() {
		if r := recover(); r != nil {
			p.logger.Error("A pipeline panicked", zap.Any("panic", r), zap.ByteString("stack", debug.Stack()))
			err = consumererror.NewPermanent(fmt.Errorf("the pipeline panicked: %v", r))
		}
	}()
	return pipeline.ConsumeLogs(ctx, ld)
}
