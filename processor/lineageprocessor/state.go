package lineageprocessor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
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
		err = writeState(p.state.path, data, end)
	}
	p.state.dirty = err != nil
	if err != nil {
		p.telemetry.ProcessorLineageStateFailures.Add(ctx, 1)
	}
	p.state.again = began.Add(max(saveEvery, saveShare*p.now().Sub(began)))
	return err
}

func writeState(path string, data []byte, sync bool) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("write the state of lineage: %w", err)
	}
	temp := path + ".tmp"
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("write the state of lineage: %w", err)
	}
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL|safefile.NoFollow, 0o600)
	if err != nil {
		return fmt.Errorf("write the state of lineage: %w", err)
	}
	_, err = f.Write(data)
	if err == nil && sync {
		err = safefile.SyncData(f)
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		return fmt.Errorf("write the state of lineage: %w", errors.Join(err, os.Remove(temp)))
	}
	return nil
}

// readState reads a state; fs.ErrNotExist when there is none. It waits for nobody who
// writes a pipe of that name.
func readState(path string) (data []byte, err error) {
	f, err := os.OpenFile(path, os.O_RDONLY|safefile.NoFollow, 0)
	if err != nil {
		return nil, fmt.Errorf("read the state of lineage: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("read the state of lineage: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, lineage.ErrState
	}
	if data, err = io.ReadAll(io.LimitReader(f, lineage.MaxState+1)); err != nil {
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
