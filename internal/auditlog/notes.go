package auditlog

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

// maxNoteBytes is the longest signed note that is read.
const maxNoteBytes = 16 << 10

// eachNote calls fn for each note of a file in which every note is followed by
// an empty line, with the offset at which the note begins, until fn returns an
// error. It returns where the last whole note ends: what lies behind is a note
// that a crash cut off, or damage. A file that is not there has no note. A note
// is valid until fn returns.
//
// A note is text, an empty line, signature lines; the text has no empty line.
// So each note ends at every second empty line.
func eachNote(path string, fn func(note []byte, offset int64) error) (end int64, err error) {
	f, err := safefile.Open(path, os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	r := bufio.NewReaderSize(f, maxNoteBytes)
	var note []byte
	var at int64
	blanks := 0
	for {
		line, err := r.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF):
			return end, nil
		case errors.Is(err, bufio.ErrBufferFull) || (err == nil && len(note)+len(line) > maxNoteBytes):
			return end, fmt.Errorf("%w: a note of more than %d bytes at byte %d", ErrCorrupt, maxNoteBytes, end)
		case err != nil:
			return end, err
		}
		at += int64(len(line))
		if len(line) > 1 || blanks == 0 {
			if len(line) == 1 {
				blanks++
			}
			note = append(note, line...)
			continue
		}
		if err := fn(note, end); err != nil {
			return end, err
		}
		end, blanks, note = at, 0, note[:0]
	}
}

// noteText returns a note's text, and whether it has signature lines behind it.
func noteText(note []byte) (text []byte, ok bool) {
	text, signatures, ok := bytes.Cut(note, []byte("\n\n"))
	return text, ok && bytes.HasPrefix(signatures, []byte("— ")) && bytes.HasSuffix(signatures, []byte("\n"))
}
