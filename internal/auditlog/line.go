package auditlog

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"
)

// Around a record stand at most this many bytes of its line.
const lineOverhead = 512

// appendLine appends the exact bytes of a record's line, newline included. It
// is the only place that writes what stands around a record; ParseLine reads it.
func appendLine(dst []byte, logID string, seq uint64, prev tlog.Hash, record []byte) []byte {
	dst = append(dst, `{"seq":`...)
	dst = strconv.AppendUint(dst, seq, 10)
	dst = append(dst, `,"log":"`...)
	dst = append(dst, logID...)
	dst = append(dst, `","prev":"`...)
	dst = hex.AppendEncode(dst, prev[:])
	dst = append(dst, `","record":`...)
	dst = append(dst, record...)
	return append(dst, '}', '\n')
}

// header is what of a line is needed to place it in the log.
type header struct {
	Seq    *uint64         `json:"seq"`
	Record json.RawMessage `json:"record"`
}

// parseHeader reads a line without its newline, for readers: what ParseLine
// takes, and with less haste any JSON object with a seq and a record, as older
// logs have them.
func parseHeader(line []byte) (seq uint64, record json.RawMessage, err error) {
	if l, ok := cutLine(line); ok && json.Valid(l.Record) {
		return l.Seq, l.Record, nil
	}
	var h header
	if err := json.Unmarshal(line, &h); err != nil {
		return 0, nil, fmt.Errorf("parse audit line: %w", err)
	}
	if h.Seq == nil || len(h.Record) == 0 || h.Record[0] != '{' {
		return 0, nil, fmt.Errorf("parse audit line: %w", ErrInvalidRecord)
	}
	return *h.Seq, h.Record, nil
}

// parseEntry reads a line without its newline. The entry shares no memory with it.
func parseEntry(line []byte) (Entry, error) { return (&decoder{}).entry(line) }

// entry is parseEntry for many lines.
func (d *decoder) entry(line []byte) (Entry, error) {
	line = bytes.Clone(line)
	if l, ok := cutLine(line); ok {
		e := Entry{Seq: l.Seq, Line: line}
		if d.record(l.Record, &e.Record) {
			return e, nil
		}
	}
	seq, record, err := parseHeader(line)
	if err != nil {
		return Entry{}, err
	}
	e := Entry{Seq: seq, Line: line}
	dec := json.NewDecoder(bytes.NewReader(record))
	dec.UseNumber() // 64-bit integers stay exact
	if err := dec.Decode(&e.Record); err != nil {
		return Entry{}, fmt.Errorf("parse audit record: %w", err)
	}
	return e, nil
}
