package lokiexporter

import (
	"slices"
	"time"

	"github.com/grafana/loki/pkg/push"
)

// Bounds of a batch whose memory is kept for the next.
const (
	keepRecords = 2_000
	keepLabels  = 32 << 10 // of structured metadata
	keepText    = 2 << 20  // of lines, in bytes
)

// batch is the streams of a batch, in the order in which they first occur.
type batch struct {
	streams []*stream
	byKey   map[string]*stream
	records int

	// What the streams are made of. There is one of each for all records: some for each
	// would be most of the exporter's garbage.
	drafts  []draft
	entries []entry
	labels  push.LabelsAdapter
	text    []byte // all lines
}

// draft is an entry whose line is not a string yet.
type draft struct {
	entry
	stream     *stream
	begin, end int // of the line, in the batch's text
}

// batch returns an empty batch.
func (c *converter) batch() *batch {
	b := c.spare
	if c.spare = nil; b == nil {
		b = &batch{byKey: make(map[string]*stream)}
	}
	return b
}

// release takes the memory of a batch back of which nothing is used any more.
func (c *converter) release(b *batch) {
	if b.records > keepRecords || cap(b.labels) > keepLabels || cap(b.text) > keepText {
		return
	}
	clear(b.byKey)
	clear(b.streams)
	clear(b.drafts)
	clear(b.entries)
	clear(b.labels)
	*b = batch{streams: b.streams[:0], byKey: b.byKey, drafts: b.drafts[:0], entries: b.entries[:0], labels: b.labels[:0], text: b.text[:0]}
	c.spare = b
}

// add adds an entry to a stream. It keeps neither line nor meta.
func (b *batch) add(s *stream, at time.Time, line []byte, meta push.LabelsAdapter) {
	begin := len(b.text)
	b.text = append(b.text, line...)
	if cap(b.labels)-len(b.labels) < len(meta) { // the entries before keep what they have
		b.labels = make(push.LabelsAdapter, 0, max(2*cap(b.labels), 256, len(meta)))
	}
	first := len(b.labels)
	b.labels = append(b.labels, meta...)
	b.drafts = append(b.drafts, draft{
		entry: entry{
			Entry:  push.Entry{Timestamp: at, StructuredMetadata: b.labels[first:len(b.labels):len(b.labels)]},
			record: b.records, size: entrySize(len(line), meta),
		},
		stream: s, begin: begin, end: len(b.text),
	})
	s.drafts++
}

// arrange gives the streams their entries, in the order of time.
func (b *batch) arrange() {
	text := string(b.text)
	b.entries = slices.Grow(b.entries[:0], len(b.drafts))[:len(b.drafts)]
	rest := b.entries
	for _, s := range b.streams {
		s.entries, rest = rest[:0:s.drafts], rest[s.drafts:]
	}
	for i := range b.drafts {
		d := &b.drafts[i]
		d.Line = text[d.begin:d.end]
		d.stream.entries = append(d.stream.entries, d.entry)
	}
	for _, s := range b.streams {
		s.sortEntries()
	}
}
