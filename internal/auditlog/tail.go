package auditlog

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"time"
)

// tailWindow is how much of a segment's end Open checks. A crash can tear no
// more than the group that was being written.
const tailWindow = 2 * (maxGroupBytes + LimitRecordBytes)

// maxSeq is the largest seq that is believed. No log gets there.
const maxSeq = 1 << 62

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
	t, err := readTailFrom(f, from, size)
	if err == nil && t.lines == 0 && from > 0 {
		return readTailFrom(f, 0, size)
	}
	return t, err
}

// readTailFrom reads the lines from a line start on. A broken line is torn when
// only broken ones follow, or when it has a NUL byte: that is how a file system
// shows a block that it had no time to write. Any other broken line before a
// sound one cannot come from a crash: it stays where it is, as evidence.
func readTailFrom(f io.ReaderAt, from, size int64) (tail, error) {
	t, at := tail{end: from}, from
	lines := newLineReader(io.NewSectionReader(f, from, size-from))
	for {
		line, n, err := lines.next()
		if errors.Is(err, io.EOF) {
			return t, nil // what is left has no newline
		}
		if err != nil {
			return tail{}, err
		}
		at += n
		seq, _, err := parseHeader(line) // a line that is too long is nil
		switch {
		case bytes.IndexByte(line, 0) >= 0:
			return t, nil
		case err != nil || seq > maxSeq || (t.lines > 0 && seq < t.next):
			continue
		}
		t.end = at
		t.next = seq + 1
		t.lines++
		t.last = append(append(t.last[:0], line...), '\n')
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

// nextSeq returns the seq behind the last line of the segments that parses.
func nextSeq(segments []Segment) (uint64, error) {
	var next uint64
	err := backwards(segments, func(line []byte, _ Segment) (bool, error) {
		seq, _, err := parseHeader(line)
		if err != nil {
			return true, nil //nolint:nilerr // somebody's damage is no reason not to record on
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
