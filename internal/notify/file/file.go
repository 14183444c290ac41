// Package file writes notifications to a file of lines, which is renamed when it
// has become large.
package file

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

const (
	batch = 200
	// tail is how much of the file's end is searched, after a start, for what was
	// written when a crash came before it was recorded.
	tail = 256 << 10
)

type notifier struct {
	config *Config
	file   *os.File // nil when not open
	size   int64
	had    map[string]bool // ids at the file's end when it was opened first
}

// New returns a notifier that writes to the configured file. It is opened with the
// first notification.
func New(config *Config) notify.Notifier { return &notifier{config: config} }

func (f *notifier) Batch() int { return batch }

func (f *notifier) Notify(ctx context.Context, list ...*notify.Notification) (told int, retry bool, err error) {
	if err := ctx.Err(); err != nil {
		return 0, true, err
	}
	if err := f.open(); err != nil {
		return 0, true, fmt.Errorf("open the alert log: %w", err)
	}
	var buf []byte
	for _, n := range list {
		if f.had[n.ID] {
			continue
		}
		line, err := f.line(n)
		if err != nil {
			return 0, false, fmt.Errorf("encode alert %s: %w", n.ID, err)
		}
		buf = append(append(buf, line...), '\n')
	}
	if err := f.write(buf); err != nil {
		return 0, true, fmt.Errorf("write the alert log: %w", err)
	}
	return len(list), false, nil
}

func (f *notifier) line(n *notify.Notification) ([]byte, error) {
	if f.config.Format == FormatText {
		return []byte(n.OneLine()), nil
	}
	return n.JSON()
}

// write adds whole lines or nothing.
func (f *notifier) write(buf []byte) error {
	if len(buf) == 0 {
		return nil
	}
	if f.size > 0 && f.size+int64(len(buf)) > f.config.MaxBytes {
		if err := f.rotate(); err != nil {
			return err
		}
	}
	_, err := f.file.Write(buf)
	if err == nil {
		err = safefile.SyncData(f.file)
	}
	if err != nil {
		err = errors.Join(err, f.file.Truncate(f.size), f.Close())
		return err
	}
	f.size += int64(len(buf))
	return nil
}

// open opens the file, or opens it again when another one has its name.
func (f *notifier) open() error {
	if f.file != nil {
		named, err := os.Lstat(f.config.Path)
		have, err2 := f.file.Stat()
		if err == nil && err2 == nil && os.SameFile(named, have) {
			f.size = have.Size()
			return nil
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(f.config.Path), 0o700); err != nil {
		return err
	}
	file, err := safefile.Open(f.config.Path, os.O_RDWR|os.O_APPEND|os.O_CREATE)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err == nil && info.Mode().Perm() != 0o600 {
		err = file.Chmod(0o600)
	}
	if err == nil {
		f.size = info.Size()
		err = f.look(file)
	}
	if err != nil {
		return errors.Join(err, file.Close())
	}
	f.file = file
	return nil
}

// look reads the end of the file: which ids stand there, and whether its last line
// has an end.
func (f *notifier) look(file *os.File) error {
	if f.size == 0 {
		return nil
	}
	from := max(0, f.size-tail)
	raw, err := io.ReadAll(io.LimitReader(io.NewSectionReader(file, from, f.size-from), tail))
	if err != nil {
		return err
	}
	whole := bytes.LastIndexByte(raw, '\n') + 1
	if f.had == nil {
		f.had = map[string]bool{}
		for line := range bytes.Lines(raw[:whole]) {
			if id := idOf(line); id != "" {
				f.had[id] = true
			}
		}
	}
	if whole == len(raw) {
		return nil
	}
	n, err := file.WriteString("\n") // a line that a crash cut stays, and is no other's beginning
	f.size += int64(n)
	return err
}

// idOf is the id in a line of either format, "" when it has none.
func idOf(line []byte) string {
	if bytes.HasPrefix(line, []byte("{")) {
		var m struct {
			ID string `json:"id"`
		}
		if json.Unmarshal(line, &m) != nil {
			return ""
		}
		return m.ID
	}
	if words := bytes.SplitN(line, []byte(" "), 4); len(words) == 4 {
		return string(words[2])
	}
	return ""
}

// rotate renames the file and opens a new one.
func (f *notifier) rotate() error {
	name := func(i int) string { return f.config.Path + "." + strconv.Itoa(i) }
	if err := f.Close(); err != nil {
		return err
	}
	if f.config.Keep == 0 {
		if err := os.Remove(f.config.Path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return f.open()
	}
	for i := f.config.Keep - 1; i >= 1; i-- {
		if err := os.Rename(name(i), name(i+1)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := os.Rename(f.config.Path, name(1)); err != nil {
		return err
	}
	return f.open()
}

func (f *notifier) Close() error {
	if f.file == nil {
		return nil
	}
	err := f.file.Close()
	f.file = nil
	return err
}
