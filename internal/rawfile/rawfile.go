// Package rawfile reads and writes regular files by their descriptors alone. An os.File is
// also given to the poller, which refuses regular files; that takes as long as to open the
// file, and each hook, which Claude waits for, opens some.
//
// Nothing closes a File that is forgotten, and a number that is closed may soon be
// another's: who opens one closes it once.
package rawfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// File is an open file.
type File int

// None is no file.
const None File = -1

// Open opens a file, with such flags as os.O_RDWR. One that it makes is for the user alone.
func Open(path string, flags int) (File, error) {
	fd, err := again(func() (int, error) { return syscall.Open(path, flags|syscall.O_CLOEXEC, 0o600) })
	if err != nil {
		return None, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return File(fd), nil
}

// Regular is an error when f is not a regular file.
func (f File) Regular() error {
	var info syscall.Stat_t
	if _, err := again(func() (int, error) { return 0, syscall.Fstat(int(f), &info) }); err != nil {
		return os.NewSyscallError("fstat", err)
	}
	if info.Mode&syscall.S_IFMT != syscall.S_IFREG {
		return fs.ErrInvalid
	}
	return nil
}

// Read is that of io.Reader.
func (f File) Read(b []byte) (int, error) {
	n, err := again(func() (int, error) { return syscall.Read(int(f), b) })
	return count(n, len(b), os.NewSyscallError("read", err))
}

// Start reads the start of the file, in one call: of a regular file that is all there is,
// up to the length of b.
func (f File) Start(b []byte) (int, error) {
	n, err := again(func() (int, error) { return syscall.Pread(int(f), b, 0) })
	return max(n, 0), os.NewSyscallError("pread", err)
}

// ReadAt is that of io.ReaderAt.
func (f File) ReadAt(b []byte, at int64) (n int, err error) {
	for n < len(b) && err == nil {
		var got int
		got, err = again(func() (int, error) { return syscall.Pread(int(f), b[n:], at+int64(n)) })
		got, err = count(got, len(b)-n, os.NewSyscallError("pread", err))
		n += got
	}
	return n, err
}

// WriteStart writes over the start of the file, in one call unless the disk is full.
func (f File) WriteStart(b []byte) error {
	for at := 0; at < len(b); {
		n, err := again(func() (int, error) { return syscall.Pwrite(int(f), b[at:], int64(at)) })
		if err != nil {
			return os.NewSyscallError("pwrite", err)
		}
		if n == 0 {
			return io.ErrUnexpectedEOF
		}
		at += n
	}
	return nil
}

// Close lets go of the file.
func (f File) Close() error { return os.NewSyscallError("close", syscall.Close(int(f))) }

// count tells the end of the file as io.Reader does.
func count(n, asked int, err error) (int, error) {
	if err == nil && n == 0 && asked > 0 {
		err = io.EOF
	}
	return max(n, 0), err
}

// again calls until no signal comes between.
func again(call func() (int, error)) (int, error) {
	for {
		n, err := call()
		if !errors.Is(err, syscall.EINTR) {
			return n, err
		}
	}
}
