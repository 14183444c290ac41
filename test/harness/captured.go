package harness

import (
	"context"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/capture"
	"github.com/agent-telemetry/agent-telemetry/internal/eventjson"
	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// Captured returns the records that the hook makes of the fixtures, in their
// order, as the collector takes them in: the first at the given time, each
// other a step later.
func Captured(ctx context.Context, home statedir.Dir, project string, fixtures []hookfixtures.Fixture, at time.Time, step time.Duration) ([]plog.Logs, error) {
	c := capture.New(capture.Settings{Dir: home, PromptPreview: true})
	var all []plog.Logs
	for i, f := range fixtures {
		r, err := c.Capture(ctx, capture.Input{
			Payload: f.Payload(project), Transport: semconv.TransportCommand, ProjectDir: project,
			InstallScope: semconv.InstallScopeUser, Received: at.Add(time.Duration(i) * step),
		})
		if err != nil {
			return nil, fmt.Errorf("capture %s: %w", f.Name, err)
		}
		ld, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs(eventjson.Request(r.Event))
		if err != nil {
			return nil, fmt.Errorf("decode %s: %w", f.Name, err)
		}
		all = append(all, ld)
	}
	return all, nil
}
