package claudesettings

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/agent-telemetry/agent-telemetry/internal/claudesettings/jsondoc"
	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

// MaxFileBytes bounds a settings file that we read.
const MaxFileBytes = 2 << 20

// ErrChanged says that somebody else wrote the file while we worked on it:
// nothing was written, try again.
var ErrChanged = errors.New("the file was changed by another program meanwhile; run the command again")

// File is a settings file.
type File struct {
	Path   string // as it was asked for
	Target string // the file behind symbolic links, the one that is written
	Exists bool
	Doc    *jsondoc.Doc

	mode     fs.FileMode
	uid, gid int
	text     []byte // as it was read
}

// Open reads the settings file at path. A file that does not exist reads as an
// empty object. The error of one that is not JSON begins with path:line:column.
func Open(path string) (*File, error) {
	f := &File{Path: path, uid: -1, gid: -1}
	var err error
	if f.Target, err = filepath.EvalSymlinks(path); err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("read settings: %w", err)
		}
		if _, lerr := os.Lstat(path); lerr == nil {
			return nil, fmt.Errorf("read settings: %s is a symbolic link to nothing: create its target or remove the link", path)
		}
		f.Target = path
		if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
			f.Target = filepath.Join(dir, filepath.Base(path))
		}
		f.Doc, err = jsondoc.Parse(nil)
		if err != nil {
			return nil, fmt.Errorf("start settings: %w", err)
		}
		return f, nil
	}
	if f.text, err = f.read(); err != nil {
		return nil, err
	}
	f.Exists = true
	if f.Doc, err = jsondoc.Parse(f.text); err != nil {
		var syn *jsondoc.SyntaxError
		if errors.As(err, &syn) {
			return nil, fmt.Errorf("%s:%w", path, err)
		}
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// read returns the text of the target and notes its mode and owner.
func (f *File) read() ([]byte, error) {
	info, err := os.Stat(f.Target)
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("read settings: %s is not a regular file", f.Path)
	}
	f.mode = info.Mode().Perm()
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		f.uid, f.gid = int(st.Uid), int(st.Gid)
	}
	in, err := os.Open(f.Target)
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	defer in.Close() //nolint:errcheck // only read
	text, err := io.ReadAll(io.LimitReader(in, MaxFileBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	if len(text) > MaxFileBytes {
		return nil, fmt.Errorf("read settings: %s is larger than %d MiB", f.Path, MaxFileBytes>>20)
	}
	return text, nil
}

// Empty reports whether the document holds nothing.
func (f *File) Empty() bool {
	return f.Doc.Root().Kind() == jsondoc.Object && len(f.Doc.Root().Items()) == 0
}

// Loose reports whether others than the owner may read or write the file.
func (f *File) Loose() bool { return f.Exists && f.mode&0o077 != 0 }

// Save writes the document with the permissions that the file has, or 0600
// when it is new or secret. The file is either the old or the new one at any
// moment. It returns ErrChanged when the file is not what Open read.
func (f *File) Save(secret bool) error {
	if err := f.unchanged(); err != nil {
		return err
	}
	mode := f.mode
	if !f.Exists {
		mode = 0o600
	}
	if secret {
		mode &^= 0o077
	}
	text := f.Doc.Bytes()
	if err := replace(f.Target, text, mode, f.uid, f.gid); err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	f.Exists, f.text, f.mode = true, text, mode
	return nil
}

// Remove deletes the file; with a symbolic link, its target.
func (f *File) Remove() error {
	if err := f.unchanged(); err != nil {
		return err
	}
	if err := os.Remove(f.Target); err != nil {
		return fmt.Errorf("remove settings: %w", err)
	}
	return nil
}

func (f *File) unchanged() error {
	now, err := os.ReadFile(f.Target)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !f.Exists:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("write %s: %w", f.Path, ErrChanged)
	case err != nil:
		return fmt.Errorf("read settings again: %w", err)
	case !f.Exists || !bytes.Equal(now, f.text):
		return fmt.Errorf("write %s: %w", f.Path, ErrChanged)
	}
	return nil
}

// replace puts text at path in one step that survives a crash.
func replace(path string, text []byte, mode fs.FileMode, uid, gid int) (err error) {
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, ".agent-telemetry-*.tmp")
	if err != nil {
		return fmt.Errorf("create temporary file: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreMissing(os.Remove(tmp.Name())))
		}
	}()
	_, err = tmp.Write(text)
	if err == nil && uid >= 0 && (uid != os.Geteuid() || gid != os.Getegid()) {
		// Under sudo the file must stay its owner's. A group that we may
		// not set is no reason to fail.
		if cerr := tmp.Chown(uid, gid); cerr != nil && uid != os.Geteuid() {
			err = cerr
		}
	}
	if err == nil {
		err = tmp.Chmod(mode)
	}
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return fmt.Errorf("write temporary file: %w", err)
	}
	if err = os.Rename(tmp.Name(), path); err != nil {
		return fmt.Errorf("put new file in place: %w", err)
	}
	return safefile.SyncDir(dir)
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
