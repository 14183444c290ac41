package auditlog

import "time"

// Entry is one line of a log.
type Entry struct {
	Seq uint64
	Record
	// Line is the line's exact bytes, without the newline.
	Line []byte
}

// When is the record's time, or when it was observed if it has none.
func (e Entry) When() time.Time {
	if e.Time.IsZero() {
		return e.ObservedTime
	}
	return e.Time
}
