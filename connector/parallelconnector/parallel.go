package parallelconnector

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

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
	pipelines []consumer.Logs
}

func newParallel(set connector.Settings, next consumer.Logs) (*parallel, error) {
	p := &parallel{logger: set.Logger}
	router, ok := next.(connector.LogsRouterAndConsumer)
	if !ok {
		p.pipelines = []consumer.Logs{next} // only one
		return p, nil
	}
	for _, id := range router.PipelineIDs() {
		pipeline, err := router.Consumer(id)
		if err != nil {
			return nil, fmt.Errorf("find pipeline %s: %w", id, err)
		}
		p.pipelines = append(p.pipelines, pipeline)
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
	given := make([]plog.Logs, len(p.pipelines))
	for i, pipeline := range p.pipelines {
		given[i] = ld
		if pipeline.Capabilities().MutatesData {
			given[i] = plog.NewLogs()
			ld.CopyTo(given[i])
		}
	}
	ld.MarkReadOnly()
	errs := make([]error, len(p.pipelines))
	var wg sync.WaitGroup
	for i, pipeline := range p.pipelines[1:] {
		wg.Go(func() { errs[i+1] = p.consume(ctx, pipeline, given[i+1]) })
	}
	errs[0] = p.consume(ctx, p.pipelines[0], given[0])
	wg.Wait()
	return errors.Join(errs...)
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
