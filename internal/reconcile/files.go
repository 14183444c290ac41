package reconcile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Bounds of the reading of transcripts.
const (
	maxFileBytes  = 1 << 30
	maxTotalBytes = 8 << 30
	maxLineBytes  = 64 << 20
	transcriptExt = ".jsonl"
)

var (
	errOutside  = errors.New("lies outside the directories that are read: name its directory with --transcripts")
	errNoFile   = errors.New("is no regular file")
	errTooLarge = errors.New("is too large")
)

// Files opens transcripts. Their names come from events, so from the agents:
// only regular files below the given directories are opened, and no link at the
// end of a path is followed, nor one that leads out of the directory.
type Files struct {
	roots []directory
	total int64
}

// directory is one that is read, under its name and the one behind links.
type directory struct {
	*os.Root
	names []string
}

// NewFiles returns what opens files below the directories.
func NewFiles(dirs ...string) (*Files, error) {
	f := &Files{}
	for _, dir := range dirs {
		abs, err := filepath.Abs(dir)
		if err == nil {
			var root *os.Root
			if root, err = os.OpenRoot(abs); err == nil {
				d := directory{root, []string{abs}}
				if real, err := filepath.EvalSymlinks(abs); err == nil && real != abs {
					d.names = append(d.names, real)
				}
				f.roots = append(f.roots, d)
			}
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("open the directory of transcripts: %w", err), f.Close())
		}
	}
	return f, nil
}

// Close closes the directories.
func (f *Files) Close() error {
	var errs []error
	for _, r := range f.roots {
		errs = append(errs, r.Close())
	}
	return errors.Join(errs...)
}

// open opens a transcript, which is closed by the caller.
func (f *Files) open(path string) (*os.File, error) {
	if !filepath.IsAbs(path) || filepath.Ext(path) != transcriptExt {
		return nil, errNoFile
	}
	for _, root := range f.roots {
		for _, name := range root.names {
			if rel, err := filepath.Rel(name, filepath.Clean(path)); err == nil && filepath.IsLocal(rel) {
				return f.openIn(root.Root, rel)
			}
		}
	}
	return nil, errOutside
}

func (f *Files) openIn(root *os.Root, rel string) (*os.File, error) {
	before, err := root.Lstat(rel)
	if err != nil {
		return nil, reasonOf(err)
	}
	if !before.Mode().IsRegular() {
		return nil, errNoFile
	}
	file, err := root.OpenFile(rel, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, reasonOf(err)
	}
	info, err := file.Stat()
	switch {
	case err != nil:
	case !info.Mode().IsRegular() || !os.SameFile(before, info):
		err = errNoFile
	case info.Size() > maxFileBytes || f.total+info.Size() > maxTotalBytes:
		err = errTooLarge
	default:
		f.total += info.Size()
		return file, nil
	}
	return nil, errors.Join(err, file.Close())
}

// reasonOf leaves out the path, which is said beside it.
func reasonOf(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
