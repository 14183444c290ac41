package claudehookreceiver

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/spool"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// Bounds of the draining.
const (
	groupFiles  = 64      // files that share one pass through the pipeline
	groupBytes  = 2 << 20 // and their bytes
	maxBackoff  = 30 * time.Second
	leftoverAge = 10 * time.Minute // after which a hook's temporary file is nobody's
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

// waiting is a file of the spool.
type waiting struct {
	name string
	size int64
	time time.Time
}

// drainOnce hands over what is in the spool now. An error means that the
// pipeline took no more.
func (r *hookReceiver) drainOnce(ctx context.Context, dir string) error {
	files, err := r.scan(dir)
	if err != nil {
		return err
	}
	for len(files) > 0 {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		n, bytes := 0, int64(0)
		for n < len(files) && n < groupFiles && (n == 0 || bytes+files[n].size <= groupBytes) {
			bytes += files[n].size
			n++
		}
		if err := r.drainGroup(ctx, dir, files[:n]); err != nil {
			return err
		}
		files = files[n:]
		r.noteSize(ctx, files)
	}
	return nil
}

// scan lists the events in the order of their capture, and takes care of what
// dead hooks left.
func (r *hookReceiver) scan(dir string) ([]waiting, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list spool: %w", err)
	}
	var files []waiting
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || e.IsDir() {
			continue
		}
		name := e.Name()
		if strings.HasPrefix(name, spool.TempPrefix) {
			if time.Since(info.ModTime()) < leftoverAge {
				continue
			}
		} else if strings.HasPrefix(name, ".") {
			continue
		}
		files = append(files, waiting{name: name, size: info.Size(), time: info.ModTime()})
	}
	slices.SortFunc(files, func(a, b waiting) int {
		return strings.Compare(strings.TrimPrefix(a.name, spool.TempPrefix), strings.TrimPrefix(b.name, spool.TempPrefix))
	})
	r.noteSize(context.Background(), files)
	return files, nil
}

func (r *hookReceiver) noteSize(ctx context.Context, files []waiting) {
	size := spoolSize{Files: len(files)}
	for _, f := range files {
		size.Bytes += f.size
		size.OldestSeconds = max(size.OldestSeconds, time.Since(f.time).Seconds())
	}
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
	export := plogotlp.NewExportRequest()
	if err := unmarshal(export, raw, mediaJSON); err != nil {
		return plog.Logs{}, fmt.Errorf("decode spooled event: %w", err)
	}
	if export.Logs().LogRecordCount() == 0 {
		return plog.Logs{}, errors.New("decode spooled event: it holds no record")
	}
	return export.Logs(), nil
}
