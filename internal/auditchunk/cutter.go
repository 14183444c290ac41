package auditchunk

// MaxBytes bounds a chunk, in bytes of lines, newlines included.
const MaxBytes = 4 << 20

// Cutter cuts the log into chunks at places that depend on the log alone: behind each
// record of its own, of which a heartbeat is written every minute, and between them
// behind every so many records or bytes, counted from the chunk's first record. The
// zero value with MaxRecords set is that of a chunk which has not begun.
type Cutter struct {
	MaxRecords uint64

	first uint64
	begun bool
	bytes int64
	over  bool // a record of the log's own was met
}

// First is the chunk's first record; ok is false while there is none.
func (c *Cutter) First() (seq uint64, ok bool) { return c.first, c.begun }

// Ended reports whether the chunk ends in front of the record next.
func (c *Cutter) Ended(next uint64) bool {
	return c.over || c.begun && (next-c.first >= c.MaxRecords || c.bytes >= MaxBytes)
}

// Fits reports whether the chunk does not end before the last of several records,
// those from first on and in front of end.
func (c *Cutter) Fits(first, end uint64, bytes int64) bool {
	if c.begun {
		first = c.first
	}
	return end-first <= c.MaxRecords && c.bytes+bytes < MaxBytes
}

// Add adds a record, or several that fit.
func (c *Cutter) Add(first uint64, bytes int64) {
	if !c.begun {
		c.first, c.begun = first, true
	}
	c.bytes += bytes
}

// Own ends the chunk at a record of the log's own, if it has begun.
func (c *Cutter) Own() { c.over = c.begun }
