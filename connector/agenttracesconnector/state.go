package agenttracesconnector

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/agentspan"
	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

// A save may take one part in saveShare of the time.
const (
	saveShare = 50
	saveEvery = 2 * time.Second
)

// stateFile is where spans that are not finished are kept.
type stateFile struct {
	path        string
	again, soon time.Time // not before, and not before for what is urgent
}

// save writes the state when something has changed, and not more often than it can
// afford. In the end it is synced; before, a crash may leave an older one.
func (c *agentTraces) save(ctx context.Context, end bool) error {
	began := c.now()
	again := c.state.again
	if c.tracker.Urgent() {
		again = c.state.soon
	}
	if c.state.path == "" || !c.tracker.Changed() || !end && began.Before(again) {
		return nil
	}
	data, err := c.tracker.Encode()
	if err == nil {
		err = safefile.Replace(c.state.path, data, end)
	}
	took := c.now().Sub(began)
	c.state.again, c.state.soon = began.Add(max(saveEvery, saveShare*took)), began.Add(saveShare*took)
	if err != nil {
		c.telemetry.ConnectorAgentTracesStateFailures.Add(ctx, 1)
		return fmt.Errorf("write the state of spans: %w", err)
	}
	c.tracker.Saved()
	return nil
}

// restore takes over the state of the time before. One that cannot be used is put
// aside, and said.
func (c *agentTraces) restore(ctx context.Context) {
	if c.state.path == "" {
		return
	}
	data, err := safefile.Read(c.state.path, agentspan.MaxState)
	if err == nil {
		err = c.tracker.Restore(data)
	}
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return
	}
	c.telemetry.ConnectorAgentTracesStateFailures.Add(ctx, 1)
	aside := c.state.path + ".bad"
	c.logger.Error("The spans that were not finished cannot be read: sessions that are running are followed anew. The file is put aside.",
		zap.String("aside", aside), zap.Error(errors.Join(fmt.Errorf("read the state of spans: %w", err), os.Rename(c.state.path, aside))))
}
