package spool

import (
	"os"
	"path/filepath"
)

// Bounds are how much a spool may hold. What is there stays and what comes is
// refused: the oldest events are those that nobody else can tell of any more.
type Bounds struct {
	// Files is how many there may be; 0 means DefaultMaxFiles.
	Files int
	// Bytes is about how large they may be together; 0 means DefaultMaxBytes.
	Bytes int64
}

// Bounds where none are given.
const (
	DefaultMaxFiles = 20_000
	DefaultMaxBytes = 512 << 20
)

func (b Bounds) orDefault() Bounds {
	if b.Files <= 0 {
		b.Files = DefaultMaxFiles
	}
	if b.Bytes <= 0 {
		b.Bytes = DefaultMaxBytes
	}
	return b
}

// full reports whether a spool of these files is full.
func (b Bounds) full(dir string, names []string) bool {
	return len(names) >= b.Files || weigh(dir, names) >= b.Bytes
}

// weighed is how many files are looked at to tell how large all are: a hook that
// looked at each of 20,000 would take longer than it may.
const weighed = 64

// weigh returns about how many bytes the files hold together.
func weigh(dir string, names []string) int64 {
	step := max(1, len(names)/weighed)
	sum, looked := int64(0), int64(0)
	for i := 0; i < len(names); i += step {
		if info, err := os.Lstat(filepath.Join(dir, names[i])); err == nil {
			sum += info.Size()
		}
		looked++
	}
	if looked == 0 {
		return 0
	}
	return sum / looked * int64(len(names))
}
