package eventgen

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/agent-telemetry/agent-telemetry/internal/provenance"
	"github.com/agent-telemetry/agent-telemetry/processor/lineageprocessor"
)

// stamper is the lineage processor as it stands in the pipeline, but for what it does
// beside it: corrections of what was stamped come from a clock, and would make each run
// another.
type stamper struct{ processor processor.Logs }

func newStamper() stamper {
	f := lineageprocessor.NewFactory()
	set := processortest.NewNopSettings(f.Type())
	set.TelemetrySettings = componenttest.NewNopTelemetrySettings()
	nowhere, err := consumer.NewLogs(func(context.Context, plog.Logs) error { return nil })
	if err != nil {
		panic(err) // a function is there
	}
	p, err := f.CreateLogs(context.Background(), set, f.CreateDefaultConfig(), nowhere)
	if err != nil {
		panic(fmt.Errorf("make the lineage processor: %w", err)) // its defaults are good
	}
	return stamper{p}
}

// stamp says of the agents in ld where they stand.
func (s stamper) stamp(ld plog.Logs) {
	if err := s.processor.ConsumeLogs(provenance.OfOwner(context.Background()), ld); err != nil {
		panic(fmt.Errorf("stamp records: %w", err)) // nothing behind it refuses
	}
}
