package auditlog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
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
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil // pruned since the directory was read
	}
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

// scanBackwards cuts f into lines from its end. What has no newline is no line;
// a line that is too long is given as nil.
func scanBackwards(f io.ReaderAt, size int64, fn func([]byte) (bool, error)) (bool, error) {
	var rest []byte // bytes in front of the newline found last
	started, long := false, false
	give := func(line []byte) (bool, error) {
		switch {
		case !started: // behind the last newline: torn, or being written
			started = true
			return true, nil
		case long:
			line, long = nil, false
		}
		return fn(line)
	}
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
			if more, err := give(line); err != nil || !more {
				return false, err
			}
		}
		if rest = chunk; len(rest) >= maxLineBytes {
			rest, long = nil, true
		}
	}
	if !started {
		return true, nil
	}
	return give(rest)
}
