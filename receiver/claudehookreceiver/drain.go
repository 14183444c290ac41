package claudehookreceiver

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// Bounds of the draining.
const (
	groupFiles  = 64      // files that share one pass through the pipeline
	groupBytes  = 2 << 20 // and their bytes
	maxBackoff  = 30 * time.Second
	leftoverAge = 10 * time.Minute // after which a hook's temporary file is nobody's
	scanNames   = 100_000          // names that one scan reads
	scanFiles   = 4096             // files that one scan hands over, the oldest events first
)

// drain empties the spool, oldest event first, until ctx is done. It looks when
// the directory changes, and now and then besides.
func (r *hookReceiver) drain(ctx context.Context) {
	dir := r.config.spoolDir()
	changes, stop := r.watch(dir)
	defer func() { stop() }()
	backoff := time.Duration(0)
	for {
		wait, wake := r.config.Spool.PollInterval, changes
		switch err := r.drainOnce(ctx, dir); {
		case ctx.Err() != nil:
			return
		case err != nil:
			r.telemetry.ReceiverClaudeHookSpoolStalled.Add(ctx, 1)
			if backoff == 0 {
				r.settings.Logger.Warn("The spool waits: the pipeline does not take its events", zap.Error(err))
			}
			backoff = min(max(2*backoff, r.config.Spool.PollInterval), maxBackoff)
			wait, wake = backoff, nil // new events do not make the pipeline work again
		case backoff > 0:
			backoff = 0
			r.settings.Logger.Info("The spool is being emptied again")
		}
		if changes == nil {
			changes, stop = r.watch(dir)
		}
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-time.After(wait):
		}
	}
}

// watch tells of changes of the directory. Where it cannot be watched, the
// periodic look serves alone.
func (r *hookReceiver) watch(dir string) (changes <-chan struct{}, stop func()) {
	if _, err := os.Stat(dir); err != nil && statedir.Ensure(dir) != nil {
		return nil, func() {}
	}
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, func() {}
	}
	if err := w.Add(dir); err != nil {
		_ = w.Close()
		return nil, func() {}
	}
	out, done := make(chan struct{}, 1), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case e, ok := <-w.Events:
				if !ok {
					return
				}
				if e.Has(fsnotify.Create) && !strings.HasPrefix(filepath.Base(e.Name), ".") {
					select {
					case out <- struct{}{}:
					default:
					}
				}
			case _, ok := <-w.Errors:
				if !ok {
					return
				}
			}
		}
	}()
	return out, func() {
		_ = w.Close()
		<-done
	}
}

// drainOnce hands over what is in the spool now. An error means that the
// pipeline took no more.
func (r *hookReceiver) drainOnce(ctx context.Context, dir string) error {
	for {
		before := r.counts.spoolTaken.Load()
		more, err := r.drainScan(ctx, dir)
		// Files that can be neither taken nor moved away wait for the next look.
		if err != nil || !more || r.counts.spoolTaken.Load() == before {
			return err
		}
	}
}

// drainScan hands over what one scan finds, and reports whether there was more.
func (r *hookReceiver) drainScan(ctx context.Context, dir string) (more bool, err error) {
	files, size, err := r.scan(dir)
	if err != nil {
		return false, err
	}
	more = size.Files > len(files)
	for len(files) > 0 {
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		n, bytes := 0, int64(0)
		for n < len(files) && n < groupFiles && (n == 0 || bytes+files[n].size <= groupBytes && isEvent(files[n].name) == isEvent(files[0].name)) {
			bytes += files[n].size
			n++
		}
		if err := r.drainGroup(ctx, dir, files[:n]); err != nil {
			return false, err
		}
		files = files[n:]
		size.Files -= n
		size.Bytes -= bytes
		size.OldestSeconds = 0
		if len(files) > 0 {
			size.OldestSeconds = time.Since(files[0].time).Seconds()
		}
		r.noteSize(ctx, size)
	}
	return more, nil
}

func (r *hookReceiver) noteSize(ctx context.Context, size spoolSize) {
	r.counts.spool.Store(&size)
	r.telemetry.ReceiverClaudeHookSpoolSize.Record(ctx, int64(size.Files))
}

// drainGroup hands over some files in one pass, and one by one when the
// pipeline finds fault with them for good.
func (r *hookReceiver) drainGroup(ctx context.Context, dir string, files []waiting) error {
	group := plog.NewLogs()
	var good []waiting
	for _, f := range files {
		ld, err := r.load(filepath.Join(dir, f.name))
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			if err := r.reject(ctx, dir, f.name, err); err != nil {
				return err
			}
		default:
			ld.ResourceLogs().MoveAndAppendTo(group.ResourceLogs())
			good = append(good, f)
		}
	}
	if len(good) == 0 {
		return nil
	}
	_, err := r.deliver(ctx, transportSpool, group)
	switch {
	case err == nil:
		return r.forget(ctx, dir, good)
	case !isPermanent(err):
		return err
	case len(good) == 1:
		return r.reject(ctx, dir, good[0].name, err)
	}
	for _, f := range good {
		if err := r.drainGroup(ctx, dir, []waiting{f}); err != nil {
			return err
		}
	}
	return nil
}

// forget removes what the pipeline has safe. A crash before this point brings
// the same events again, and their ids show it.
func (r *hookReceiver) forget(ctx context.Context, dir string, files []waiting) error {
	for _, f := range files {
		if err := os.Remove(filepath.Join(dir, f.name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove spooled event: %w", err)
		}
		r.counts.spoolTaken.Add(1)
	}
	r.telemetry.ReceiverClaudeHookSpoolDrained.Add(ctx, int64(len(files)))
	return nil
}

// load reads an event's file.
func (r *hookReceiver) load(path string) (plog.Logs, error) {
	raw, err := readSpoolFile(path, r.config.Spool.MaxFileBytes)
	if err != nil {
		return plog.Logs{}, err
	}
	ld, err := unmarshal(raw, mediaJSON)
	if err != nil {
		return plog.Logs{}, fmt.Errorf("decode spooled event: %w", err)
	}
	if ld.LogRecordCount() == 0 {
		return plog.Logs{}, errors.New("decode spooled event: it holds no record")
	}
	return ld, nil
}
