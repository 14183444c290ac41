package securityalertprocessor

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// hashOfAll is a hash of the files in a directory, with their names; "none" when
// there are none.
func hashOfAll(dir string) string {
	d, err := os.OpenFile(dir, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return "none"
	}
	defer d.Close()                        //nolint:errcheck // only read
	names, _ := d.Readdirnames(maxConfigs) // what could be read counts
	if len(names) == 0 {
		return "none"
	}
	slices.Sort(names)
	h := sha256.New()
	for _, name := range names {
		_, _ = fmt.Fprintf(h, "%q %s\n", name, hashOf(filepath.Join(dir, name), maxConfigBytes)) // a hash takes everything
	}
	return hex.EncodeToString(h.Sum(nil))
}

// hashOf is the SHA-256 of a file in hex, of its first bytes when it is larger, or
// why there is none.
func hashOf(path string, most int64) string {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return "missing"
	}
	if err != nil {
		return "unreadable"
	}
	defer f.Close() //nolint:errcheck // only read
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return "no file"
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(f, most)); err != nil {
		return "unreadable"
	}
	return hex.EncodeToString(h.Sum(nil))
}
