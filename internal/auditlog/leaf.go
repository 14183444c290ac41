package auditlog

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"
)

// Line is one line of a log, taken apart.
type Line struct {
	Seq    uint64
	Log    string          // the log's id, a UUID
	Prev   [32]byte        // leaf hash of the line before, zeros for seq 0
	Record json.RawMessage // part of the parsed line
}

// errForm says that a line is not written as the log writes lines.
var errForm = errors.New(`not of the form {"seq":…,"log":"…","prev":"…","record":{…}}`)

// LeafHash returns the hash of a line as a leaf of the log's tree. line is the
// exact bytes without the newline.
func LeafHash(line []byte) tlog.Hash { return tlog.RecordHash(line) }

// ParseLine takes a line apart, given without its newline. It is strict: what
// the log would not have written byte by byte around the record is an error,
// and so is a record that is no JSON object. Nothing is copied.
func ParseLine(line []byte) (Line, error) {
	l, ok := cutLine(line)
	if !ok {
		return Line{}, fmt.Errorf("parse audit line: %w", errForm)
	}
	if !json.Valid(l.Record) {
		return Line{}, fmt.Errorf("parse audit line: %w", ErrInvalidRecord)
	}
	return l, nil
}

// cutLine takes a line apart without looking into the record.
func cutLine(line []byte) (l Line, ok bool) {
	rest, ok := bytes.CutPrefix(line, []byte(`{"seq":`))
	if !ok {
		return Line{}, false
	}
	digits, rest, ok := bytes.Cut(rest, []byte(`,"log":"`))
	if !ok || len(digits) > 20 {
		return Line{}, false
	}
	seq, err := strconv.ParseUint(string(digits), 10, 64)
	if err != nil || strconv.FormatUint(seq, 10) != string(digits) {
		return Line{}, false
	}
	const idLength, prevLength = 36, 64
	if len(rest) < idLength || !isLogID(rest[:idLength]) {
		return Line{}, false
	}
	l.Seq, l.Log = seq, string(rest[:idLength])
	rest, ok = bytes.CutPrefix(rest[idLength:], []byte(`","prev":"`))
	if !ok || len(rest) < prevLength || !isLowerHex(rest[:prevLength]) {
		return Line{}, false
	}
	if _, err := hex.Decode(l.Prev[:], rest[:prevLength]); err != nil {
		return Line{}, false
	}
	rest, ok = bytes.CutPrefix(rest[prevLength:], []byte(`","record":`))
	if !ok || len(rest) < 3 || rest[0] != '{' || rest[len(rest)-1] != '}' || rest[len(rest)-2] != '}' {
		return Line{}, false
	}
	l.Record = rest[: len(rest)-1 : len(rest)-1]
	return l, true
}

// isLogID reports whether b is a UUID as the log writes it.
func isLogID(b []byte) bool {
	for i, c := range b {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if !isLowerHex(b[i : i+1]) {
			return false
		}
	}
	return len(b) == 36
}

func isLowerHex(b []byte) bool {
	for _, c := range b {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
