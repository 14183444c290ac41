// Package reserve keeps disk blocks ready behind the end of a file that is
// appended to and synced for every record: a sync is quicker when the file
// system need not find a block first.
package reserve

import "os"

// Bytes are reserved at a time.
const Bytes = 1 << 20

// Ahead makes sure that there are blocks for an append at size. upTo is what it
// returned before, or 0; it returns up to where blocks are reserved now. The
// file's length stays as it is. Where the file system cannot, or has no space,
// nothing is reserved, and that is no error: the append will tell.
func Ahead(f *os.File, size, upTo int64) int64 {
	if size+Bytes/8 < upTo {
		return upTo
	}
	allocate(f, size, Bytes)
	return size + Bytes
}

// Release gives back what is reserved behind size, the end of the file.
func Release(f *os.File, size int64) {
	if info, err := f.Stat(); err == nil && info.Size() == size {
		_ = f.Truncate(size) // blocks that stay reserved do no harm
	}
}
