// Package filehash hashes a file that an event names. The path comes from a
// hostile source: only regular files are opened, without blocking, and never
// more than a bounded amount is read.
package filehash

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
	"strings"
	"syscall"

	"github.com/agent-telemetry/agent-telemetry/internal/rawfile"
)

// MaxBytes is the largest file that is hashed.
const MaxBytes = 8 << 20

// Result is the hash of a file, or why there is none. Both are empty when the
// file does not exist.
type Result struct {
	SHA256  string // hex
	Size    int64
	Exists  bool
	Skipped string // "larger than 8 MiB", "not a regular file", "unreadable", "timeout"
}

// chunk is how much is read between two looks at the deadline.
const chunk = 32 << 10

// File hashes the file at path, or says why not. It returns when ctx is done.
func File(ctx context.Context, path string) Result { return Resolved(ctx, path, "") }

// Resolved is File where it is known, if it is, to which real path the path leads.
func Resolved(ctx context.Context, path, real string) Result {
	if !filepath.IsAbs(path) {
		return Result{}
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR):
		return Result{}
	case err != nil:
		return Result{Exists: true, Skipped: "unreadable"}
	case !info.Mode().IsRegular() || isKernel(path, real):
		return Result{Exists: true, Skipped: "not a regular file"}
	case info.Size() > MaxBytes:
		return Result{Exists: true, Size: info.Size(), Skipped: "larger than 8 MiB"}
	}
	sum, n, err := hash(ctx, path, info.Size())
	switch {
	case errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled):
		return Result{Exists: true, Size: info.Size(), Skipped: "timeout"}
	case errors.Is(err, errGrew):
		return Result{Exists: true, Size: info.Size(), Skipped: "larger than 8 MiB"}
	case err != nil:
		return Result{Exists: true, Size: info.Size(), Skipped: "unreadable"}
	}
	return Result{Exists: true, Size: n, SHA256: sum}
}

// Text hashes a text that stands for a file's content.
func Text(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

var errGrew = errors.New("file grew past the limit")

// isKernel reports pseudo file systems, whose files look regular and may block
// or act when read.
func isKernel(path, real string) bool {
	if real == "" {
		var err error
		if real, err = filepath.EvalSymlinks(path); err != nil {
			return true
		}
	}
	for _, dir := range []string{"/proc/", "/sys/", "/dev/"} {
		if strings.HasPrefix(real, dir) {
			return true
		}
	}
	return false
}

// hash reads the file, which had the size just now.
func hash(ctx context.Context, path string, size int64) (string, int64, error) {
	f, err := rawfile.Open(path, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOCTTY)
	if err != nil {
		return "", 0, fmt.Errorf("open file to hash: %w", err)
	}
	defer f.Close() //nolint:errcheck // read only
	if err := f.Regular(); err != nil {
		return "", 0, fmt.Errorf("inspect file to hash: %w", errors.Join(err, fs.ErrInvalid))
	}
	h := sha256.New()
	buf := make([]byte, min(size+1, chunk)) // most files are read in one go
	var n int64
	for {
		if err := ctx.Err(); err != nil {
			return "", n, err
		}
		got, err := f.Read(buf)
		h.Write(buf[:got])
		if n += int64(got); n > MaxBytes {
			return "", n, errGrew
		}
		if errors.Is(err, io.EOF) {
			return hex.EncodeToString(h.Sum(nil)), n, nil
		}
		if err != nil {
			return "", n, fmt.Errorf("read file to hash: %w", err)
		}
	}
}
