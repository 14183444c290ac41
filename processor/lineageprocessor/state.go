package lineageprocessor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/lineage"
	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

// A save may take one part in saveShare of the time.
const (
	saveShare = 50
	saveEvery = 2 * time.Second
)

// stateFile is where what is known is kept.
type stateFile struct {
	path  string
	again time.Time // not before
	dirty bool      // the last change is not in the file
}

// save writes the state when something has changed, and not more often than it can
// afford. In the end it is synced; before, a crash may leave an older one.
func (p *lineageProcessor) save(ctx context.Context, end bool) error {
	began := p.now()
	if p.state.path == "" || !end && began.Before(p.state.again) {
		return nil
	}
	p.state.dirty = p.tracker.Changed() || p.state.dirty
	if !p.state.dirty {
		return nil
	}
	data, err := p.tracker.Encode()
	if err == nil {
		err = safefile.Replace(p.state.path, data, end)
	}
	if err != nil {
		err = fmt.Errorf("write the state of lineage: %w", err)
	}
	p.state.dirty = err != nil
	if err != nil {
		p.telemetry.ProcessorLineageStateFailures.Add(ctx, 1)
	}
	p.state.again = began.Add(max(saveEvery, saveShare*p.now().Sub(began)))
	return err
}

// readState reads a state; fs.ErrNotExist when there is none.
func readState(path string) ([]byte, error) {
	data, err := safefile.Read(path, lineage.MaxState)
	if err != nil {
		return nil, fmt.Errorf("read the state of lineage: %w", err)
	}
	return data, nil
}

// restore takes over the state of the time before. One that cannot be used is put
// aside, and said.
func (p *lineageProcessor) restore(ctx context.Context) {
	if p.state.path == "" {
		return
	}
	data, err := readState(p.state.path)
	if err == nil {
		err = p.tracker.Restore(data)
	}
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return
	}
	p.telemetry.ProcessorLineageStateFailures.Add(ctx, 1)
	aside := p.state.path + ".bad"
	p.logger.Error("The lineage of agents cannot be read: sessions that are running are followed anew. The file is put aside.",
		zap.String("aside", aside), zap.Error(errors.Join(err, os.Rename(p.state.path, aside))))
}
