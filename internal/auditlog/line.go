package auditlog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// Around a record stand at most this many bytes of its line.
const lineOverhead = 64

// appendLine appends the exact bytes of a record's line, newline included. It
// is the only place that knows what stands around a record.
func appendLine(dst []byte, seq uint64, record []byte) []byte {
	dst = append(dst, `{"seq":`...)
	dst = strconv.AppendUint(dst, seq, 10)
	dst = append(dst, `,"record":`...)
	dst = append(dst, record...)
	return append(dst, '}', '\n')
}

// header is what of a line is needed to place it in the log.
type header struct {
	Seq    *uint64         `json:"seq"`
	Record json.RawMessage `json:"record"`
}

// parseHeader reads a line without its newline. The record is part of the line
// where the line is written as appendLine does.
func parseHeader(line []byte) (seq uint64, record json.RawMessage, err error) {
	if seq, record, ok := splitLine(line); ok && json.Valid(record) {
		return seq, record, nil
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

// splitLine takes a line apart that appendLine made, without decoding it. It can
// be believed only if the record it returns is valid JSON.
func splitLine(line []byte) (seq uint64, record []byte, ok bool) {
	rest, ok := bytes.CutPrefix(line, []byte(`{"seq":`))
	if !ok {
		return 0, nil, false
	}
	digits, record, ok := bytes.Cut(rest, []byte(`,"record":`))
	if !ok || len(record) < 2 || record[0] != '{' || record[len(record)-1] != '}' {
		return 0, nil, false
	}
	seq, err := strconv.ParseUint(string(digits), 10, 64)
	return seq, record[:len(record)-1], err == nil && strconv.FormatUint(seq, 10) == string(digits)
}

// parseEntry reads a line without its newline. The entry shares no memory with it.
func parseEntry(line []byte) (Entry, error) {
	seq, record, err := parseHeader(line)
	if err != nil {
		return Entry{}, err
	}
	e := Entry{Seq: seq}
	dec := json.NewDecoder(bytes.NewReader(record))
	dec.UseNumber() // 64-bit integers stay exact
	if err := dec.Decode(&e.Record); err != nil {
		return Entry{}, fmt.Errorf("parse audit record: %w", err)
	}
	e.Line = bytes.Clone(line)
	return e, nil
}
