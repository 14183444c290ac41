package claudehookreceiver

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/eventlogs"
	"github.com/agent-telemetry/agent-telemetry/internal/hookevent"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/internal/version"
)

// rejectedDir is where files go that hold no event, below the spool.
const rejectedDir = "rejected"

// errNotOurs says that something in the spool is not a hook's file.
var errNotOurs = errors.New("not a regular file of our own")

// readSpoolFile reads a file of the spool. Whoever can write there may have put
// anything there: links, pipes, other people's files, endless ones.
func readSpoolFile(path string, limit int64) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if errors.Is(err, syscall.ELOOP) || errors.Is(err, syscall.ENXIO) {
		return nil, errNotOurs
	}
	if err != nil {
		return nil, fmt.Errorf("open spooled event: %w", err)
	}
	defer f.Close() //nolint:errcheck // read only
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("inspect spooled event: %w", err)
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); !info.Mode().IsRegular() || ok && int(owner.Uid) != os.Geteuid() {
		return nil, errNotOurs
	}
	raw, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read spooled event: %w", err)
	}
	if int64(len(raw)) > limit {
		return nil, fmt.Errorf("spooled event is larger than %d bytes", limit)
	}
	return raw, nil
}

// reject records that a file of the spool holds no event, and sets it aside: bad
// input is kept, not trusted. The record goes first: without it the file stays
// where it is.
func (r *hookReceiver) reject(ctx context.Context, dir, name string, cause error) error {
	path := filepath.Join(dir, name)
	size, sum := describe(path)
	// The same file gives the same id: when it cannot be moved away, or we die
	// before it is, its record does not come twice.
	id := uuid.NewHash(sha256.New(), uuid.Nil, []byte(name+"\x00"+sum), 8)
	what := "spool file"
	if size > describeMost {
		what = fmt.Sprintf("spool file (hash of its first %d bytes)", describeMost)
	}
	e := hookevent.Build(hookevent.Undecodable(fmt.Errorf("%s %s: %w", what, strings.ToValidUTF8(name, "?"), cause)), hookevent.Context{
		Time: time.Now(), ID: id.String(), Transport: semconv.TransportSpool, Enabled: true,
		TelemetryVersion: version.Version, PayloadBytes: size, PayloadHash: sum,
	})
	if _, err := r.deliver(ctx, transportSpool, eventlogs.Of(r.resource, e)); err != nil {
		return fmt.Errorf("record a rejected spool file: %w", err)
	}
	r.telemetry.ReceiverClaudeHookSpoolRejected.Add(ctx, 1)
	if errors.Is(cause, errNotOurs) {
		// Nothing of a hook is lost with it, and moving it could do its bidding.
		if err := ignoreMissing(os.Remove(path)); err != nil {
			r.stuck.Do(func() { r.settings.Logger.Warn("Foreign spool files cannot be removed", zap.Error(err)) })
			return nil //nolint:nilerr // told above; the next file is not to wait
		}
		r.counts.spoolTaken.Add(1)
		return nil
	}
	// A file that cannot be moved must not hold up the events behind it.
	if err := r.setAside(filepath.Join(dir, rejectedDir), path); err != nil {
		r.stuck.Do(func() { r.settings.Logger.Warn("Rejected spool files cannot be set aside", zap.Error(err)) })
		return nil //nolint:nilerr // told above; the next file is not to wait
	}
	r.counts.spoolTaken.Add(1)
	return nil
}

func (r *hookReceiver) setAside(aside, path string) error {
	if err := ensureOwn(aside); err != nil {
		return err
	}
	if err := ignoreMissing(os.Rename(path, filepath.Join(aside, filepath.Base(path)))); err != nil {
		return fmt.Errorf("set a spool file aside: %w", err)
	}
	return r.pruneRejected(aside)
}

// ensureOwn makes dir. What stands there and is no directory, such as a link to
// one, is removed: through a link we would narrow, fill and prune somebody
// else's directory.
func ensureOwn(dir string) error {
	info, err := os.Lstat(dir)
	if err == nil && !info.IsDir() {
		err = os.Remove(dir)
	}
	if err := ignoreMissing(err); err != nil {
		return fmt.Errorf("prepare the directory of rejected files: %w", err)
	}
	return statedir.Ensure(dir)
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// describeMost bounds what is read of a rejected file for its hash.
const describeMost = 64 << 20

// describe returns size and hash of a regular file, else zero values.
func describe(path string) (size int64, sum string) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return 0, ""
	}
	defer f.Close() //nolint:errcheck // read only
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return 0, ""
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(f, describeMost)); err != nil {
		return info.Size(), ""
	}
	return info.Size(), hex.EncodeToString(h.Sum(nil))
}

// pruneRejected removes the oldest rejected files past the bounds.
func (r *hookReceiver) pruneRejected(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("list rejected files: %w", err)
	}
	var files []waiting
	total := int64(0)
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			files = append(files, waiting{e.Name(), info.Size(), info.ModTime()})
			total += info.Size()
		}
	}
	slices.SortFunc(files, func(a, b waiting) int { return a.time.Compare(b.time) })
	for len(files) > r.config.Spool.RejectedMaxFiles || total > r.config.Spool.RejectedMaxBytes && len(files) > 0 {
		if err := ignoreMissing(os.Remove(filepath.Join(dir, files[0].name))); err != nil {
			return fmt.Errorf("remove an old rejected file: %w", err)
		}
		total -= files[0].size
		files = files[1:]
	}
	return nil
}
