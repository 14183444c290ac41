package auditverify

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strconv"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/jsonscan"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// What stands between the parts of a line.
var (
	beforeSeq    = []byte(`{"seq":`)
	beforeLog    = []byte(`,"log":"`)
	beforePrev   = []byte(`","prev":"`)
	beforeRecord = []byte(`","record":`)
)

const logIDLength = 36

// maxLineBytes is the longest line that is read: the largest record, and
// what stands around it.
const maxLineBytes = auditlog.LimitRecordBytes + 256

var (
	errLineForm = errors.New(`the line is not of the form {"seq":N,"log":"…","prev":"…","record":{…}}`)
	errLineLong = errors.New("the line is longer than any record")
	errJSON     = errors.New("the record is not valid JSON")
)

// kind is what a record is of.
type kind uint8

const (
	kindOther kind = iota
	kindLog
	kindTornTail
	kindDisturbed
	kindStart
	kindStop
	kindHeartbeat
	kindKey
	kindPrune
	kindSetAside
)

var kinds = map[string]kind{
	auditlog.KindLog: kindLog, auditlog.KindTornTail: kindTornTail, auditlog.KindDisturbed: kindDisturbed,
	auditlog.KindStart: kindStart, auditlog.KindStop: kindStop, auditlog.KindHeartbeat: kindHeartbeat,
	auditlog.KindKey: kindKey, auditlog.KindPrune: kindPrune, auditlog.KindSetAside: kindSetAside,
}

// line is what is known of a line. Its byte slices belong to the batch.
type line struct {
	offset  int64 // in its segment
	bytes   int   // without the newline
	leaf    tlog.Hash
	fault   error // why it does not parse; then what follows is not set
	seq     uint64
	prev    tlog.Hash
	logID   []byte
	record  []byte
	kind    kind
	at      int64 // the record's time, Unix nanoseconds, else that of its observation; 0: none
	seen    int64 // the time of its observation
	session []byte
	number  uint64 // in the session; 0: none
	restart bool   // the session's numbers begin anew
	event   []byte // event id
}

// parse reads the text of a line, without its newline.
func (l *line) parse(text []byte) {
	l.fault = l.split(text)
	if l.fault == nil {
		l.fault = l.look()
	}
}

// split takes the line apart. Only the form that the writer makes will do: then
// there is one reading of it.
func (l *line) split(text []byte) error {
	rest, ok := bytes.CutPrefix(text, beforeSeq)
	if !ok {
		return errLineForm
	}
	n := 0
	for n < len(rest) && n < 20 && rest[n] >= '0' && rest[n] <= '9' {
		n++
	}
	seq, err := strconv.ParseUint(string(rest[:n]), 10, 63)
	if err != nil || n > 1 && rest[0] == '0' {
		return errLineForm
	}
	rest = rest[n:]
	const hashLength = 2 * tlog.HashSize
	if len(rest) < len(beforeLog)+logIDLength+len(beforePrev)+hashLength+len(beforeRecord)+3 || !bytes.HasPrefix(rest, beforeLog) {
		return errLineForm
	}
	rest = rest[len(beforeLog):]
	logID := rest[:logIDLength]
	rest = rest[logIDLength:]
	if !validLogID(logID) || !bytes.HasPrefix(rest, beforePrev) {
		return errLineForm
	}
	rest = rest[len(beforePrev):]
	prev, ok := parseHex(rest[:hashLength])
	rest = rest[hashLength:]
	if !ok || !bytes.HasPrefix(rest, beforeRecord) {
		return errLineForm
	}
	record := rest[len(beforeRecord):]
	if record[0] != '{' || record[len(record)-1] != '}' {
		return errLineForm
	}
	l.seq, l.logID, l.prev, l.record = seq, logID, prev, record[:len(record)-1]
	return nil
}

func validLogID(id []byte) bool {
	for i, c := range id {
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if !isHex(c) || c >= 'A' && c <= 'F' {
				return false
			}
		}
	}
	return len(id) == logIDLength
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// parseHex reads a hash in lower-case hexadecimal.
func parseHex(text []byte) (h tlog.Hash, ok bool) {
	for _, c := range text {
		if c >= 'A' && c <= 'F' {
			return h, false
		}
	}
	n, err := hex.Decode(h[:], text)
	return h, err == nil && n == len(h)
}

// look walks over the record and takes out what the checks need.
func (l *line) look() error {
	s := jsonscan.New(l.record)
	err := s.Object(0, func(key []byte) (bool, error) {
		switch string(key) {
		case "kind":
			v, err := s.Value(1)
			l.kind = kinds[string(unquote(v))]
			return true, err
		case "time":
			v, err := s.Value(1)
			l.at = nanos(v)
			return true, err
		case "observed_time":
			v, err := s.Value(1)
			l.seen = nanos(v)
			return true, err
		case "attributes":
			if s.Peek() != '{' {
				return false, nil
			}
			return true, s.Object(1, func(key []byte) (bool, error) { return l.attribute(s, key) })
		}
		return false, nil
	})
	if err != nil || !s.Done() {
		err = errJSON
	}
	if l.at == 0 {
		l.at = l.seen
	}
	return err
}

func (l *line) attribute(s *jsonscan.Scanner, key []byte) (bool, error) {
	switch string(key) {
	case semconv.SessionID:
		v, err := s.Value(2)
		l.session = unquote(v)
		return true, err
	case semconv.SessionSeq:
		v, err := s.Value(2)
		l.number, _ = strconv.ParseUint(string(v), 10, 64)
		return true, err
	case semconv.SessionSeqRestarted:
		v, err := s.Value(2)
		l.restart = string(v) == "true"
		return true, err
	case semconv.EventID:
		v, err := s.Value(2)
		l.event = unquote(v)
		return true, err
	}
	return false, nil
}

// unquote returns what is between the quotes of a string, escapes and all; nil
// for any other value.
func unquote(v []byte) []byte {
	if len(v) < 2 || v[0] != '"' {
		return nil
	}
	return v[1 : len(v)-1]
}

// nanos reads a time as the writer writes it; 0 when it is none, or one that
// does not fit.
func nanos(v []byte) int64 {
	t, err := time.Parse(time.RFC3339Nano, string(unquote(v)))
	if err != nil || t.Year() < 1700 || t.Year() > 2200 {
		return 0
	}
	return t.UnixNano()
}
