package auditlog

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
)

// backwards calls fn for every whole line of the segments, newest first, until
// fn returns false or an error. A line is valid until fn returns.
func backwards(segments []Segment, fn func(line []byte, s Segment) (more bool, err error)) error {
	for _, s := range slices.Backward(segments) {
		more, err := segmentBackwards(s, fn)
		if err != nil || !more {
			return err
		}
	}
	return nil
}

func segmentBackwards(s Segment, fn func([]byte, Segment) (bool, error)) (more bool, err error) {
	f, err := openSegment(s.Path)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return false, fmt.Errorf("read audit segment: %w", err)
	}
	return scanBackwards(f, info.Size(), func(line []byte) (bool, error) { return fn(line, s) })
}

// chunkBytes is how much is read at once.
const chunkBytes = 256 << 10

// scanBackwards cuts f into lines from its end. What has no newline is no line.
func scanBackwards(f *os.File, size int64, fn func([]byte) (bool, error)) (bool, error) {
	var rest []byte // bytes in front of the newline found last
	started := false
	for at := size; at > 0; {
		n := min(at, chunkBytes)
		at -= n
		chunk := make([]byte, n, int(n)+len(rest))
		if _, err := f.ReadAt(chunk, at); err != nil {
			return false, fmt.Errorf("read audit segment: %w", err)
		}
		chunk = append(chunk, rest...)
		for {
			i := bytes.LastIndexByte(chunk, '\n')
			if i < 0 {
				break
			}
			line := chunk[i+1:]
			chunk = chunk[:i]
			if !started {
				started = true // behind the last newline: torn, or being written
				continue
			}
			if more, err := fn(line); err != nil || !more {
				return false, err
			}
		}
		if rest = chunk; len(rest) > maxLineBytes {
			return false, fmt.Errorf("read audit segment: %w: a line of more than %d bytes", ErrCorrupt, maxLineBytes)
		}
	}
	if started {
		return fn(rest)
	}
	return true, nil
}
