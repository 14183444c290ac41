package auditlog

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"
)

// tailWindow is how much of a segment's end Open checks. A crash can tear no
// more than the group that was being written.
const tailWindow = 2 * (maxGroupBytes + LimitRecordBytes)

// tail is what Open learns from a segment's end.
type tail struct {
	end   int64  // behind the last sound line
	next  uint64 // seq behind it
	lines int    // sound lines seen
	last  []byte // the last sound line, newline included
}

// readTail finds where the sound lines of a segment of the given size end.
func readTail(f io.ReaderAt, size int64) (tail, error) {
	from, err := lineStart(f, max(0, size-tailWindow), size)
	if err != nil {
		return tail{}, err
	}
	t := tail{end: from}
	r := bufio.NewReaderSize(io.NewSectionReader(f, from, size-from), 1<<16)
	for {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return t, nil // what is left has no newline
		}
		if err != nil {
			return tail{}, err
		}
		seq, _, err := parseHeader(line[:len(line)-1])
		if err != nil || (t.lines > 0 && seq != t.next) {
			return t, nil
		}
		t.end += int64(len(line))
		t.next = seq + 1
		t.lines++
		t.last = line
	}
}

// lineStart returns the first line start at or behind from.
func lineStart(f io.ReaderAt, from, size int64) (int64, error) {
	if from == 0 {
		return 0, nil
	}
	skipped, err := bufio.NewReader(io.NewSectionReader(f, from-1, size-from+1)).ReadBytes('\n')
	if errors.Is(err, io.EOF) {
		return 0, nil // no newline in all the window: read everything
	}
	return from - 1 + int64(len(skipped)), err
}

// nextSeq returns the seq behind the last whole line of the segments.
func nextSeq(segments []Segment) (uint64, error) {
	var next uint64
	err := backwards(segments, func(line []byte, _ Segment) (bool, error) {
		seq, _, err := parseHeader(line)
		if err != nil {
			return false, fmt.Errorf("find the last record: %w", err)
		}
		next = seq + 1
		return false, nil
	})
	return next, err
}

// startOf guesses when a segment was made: the log cannot ask the file system
// everywhere. The first record's observed time stands for it; one that is
// missing or lies in the future counts as now.
func startOf(f io.ReaderAt, now time.Time) time.Time {
	head := make([]byte, 1<<16)
	n, _ := f.ReadAt(head, 0)
	line, _, whole := bytes.Cut(head[:n], []byte("\n"))
	if !whole {
		return now
	}
	e, err := parseEntry(line)
	if err != nil || e.ObservedTime.IsZero() || e.ObservedTime.After(now) {
		return now
	}
	return e.ObservedTime
}
