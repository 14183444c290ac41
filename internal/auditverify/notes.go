package auditverify

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// maxNoteBytes is the longest checkpoint that is read. One with a signature has
// some 300 bytes; cosignatures make it longer.
const maxNoteBytes = 64 << 10

// checkpoint is a signed note about a tree. Its fields besides note say what it
// claims: only its signature can make them believed.
type checkpoint struct {
	origin string
	size   int64
	root   tlog.Hash
	note   []byte // the exact bytes
	offset int64  // in its file
	end    int64  // behind it
	file   string // of an anchor
	known  bool   // an anchor that the log's own checkpoints include
	proof  proof  // of an anchor
}

var (
	errNoteForm = errors.New("not a signed checkpoint: three lines (origin, size, root), an empty one, signatures")
	errNoteLong = fmt.Errorf("a checkpoint of more than %d bytes", maxNoteBytes)
)

// signatureMark begins a signature line.
const signatureMark = "— "

// parseCheckpoint reads a signed note. It checks no signature.
func parseCheckpoint(note []byte) (checkpoint, error) {
	text, signatures, ok := strings.Cut(string(note), "\n\n")
	if !ok || !strings.HasPrefix(signatures, signatureMark) {
		return checkpoint{}, errNoteForm
	}
	lines := strings.Split(text, "\n")
	if len(lines) != 3 || lines[0] == "" {
		return checkpoint{}, errNoteForm
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return checkpoint{}, fmt.Errorf("%w: its size is no number", errNoteForm)
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize || strings.Contains(lines[2], "\r") {
		return checkpoint{}, fmt.Errorf("%w: its root is no hash", errNoteForm)
	}
	return checkpoint{origin: lines[0], size: size, root: tlog.Hash(root), note: note}, nil
}

// noteReader reads the notes of a file, one behind the other with an empty line
// between them.
type noteReader struct {
	r      *bufio.Reader
	offset int64
	block  []byte // a block that was read ahead
	start  int64  // its offset
}

func newNoteReader(r io.Reader) *noteReader { return &noteReader{r: bufio.NewReaderSize(r, 1<<16)} }

// errTornNote says that a file ends within a note.
var errTornNote = errors.New("the file ends within a checkpoint")

// next returns the next checkpoint. An error that wraps errNoteForm or
// errNoteLong is about one note, and next can be called again; errTornNote and
// io.EOF are about the end. The offset is that of the note, also with an error.
func (n *noteReader) next() (checkpoint, error) {
	note, at, err := n.note()
	if err != nil {
		return checkpoint{offset: at}, err
	}
	c, err := parseCheckpoint(note)
	c.offset, c.end = at, n.offset
	return c, err
}

// note returns the next note's exact bytes and its offset. Errors are as in next.
func (n *noteReader) note() (note []byte, at int64, err error) {
	text, at, whole, err := n.take()
	if err != nil {
		return nil, at, err
	}
	if !whole {
		return nil, at, errTornNote
	}
	signatures, next, whole, err := n.take()
	switch {
	case errors.Is(err, io.EOF):
		return nil, at, errTornNote
	case err != nil:
		return nil, at, err
	case !whole && !bytes.HasSuffix(signatures, []byte("\n")):
		return nil, at, errTornNote
	case !bytes.HasPrefix(signatures, []byte(signatureMark)):
		n.block, n.start = signatures, next
		return nil, at, errNoteForm
	}
	return append(append(text, '\n'), signatures...), at, nil
}

// take returns a block: the lines up to an empty one or the end, without the
// empty one. It is whole when there is an empty line behind it.
func (n *noteReader) take() (block []byte, start int64, whole bool, err error) {
	if n.block != nil {
		block, n.block = n.block, nil
		return block, n.start, true, nil
	}
	start = n.offset
	long := false
	for {
		part, err := n.r.ReadSlice('\n')
		n.offset += int64(len(part))
		if len(part) == 1 && part[0] == '\n' && (len(block) == 0 || block[len(block)-1] == '\n') {
			if len(block) == 0 && !long { // more than one empty line
				start = n.offset
				continue
			}
			if long {
				return nil, start, true, errNoteLong
			}
			return block, start, true, nil
		}
		if long = long || len(block)+len(part) > maxNoteBytes; long {
			// What is kept says only whether a line has ended.
			block = append(block[:0], part[max(0, len(part)-1):]...)
		} else {
			block = append(block, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(block) == 0:
			return nil, start, false, io.EOF
		case errors.Is(err, io.EOF):
			return block, start, false, nil
		case err != nil:
			return nil, start, false, err
		}
	}
}
