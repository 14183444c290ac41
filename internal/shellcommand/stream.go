package shellcommand

import (
	"slices"
	"strings"
)

// stream is what can be read from a descriptor or a file.
type stream struct {
	text    string // with Unknown for the parts that are
	from    []int  // commands whose output it is
	path    string // of the file it is read from
	heredoc bool
	decoded bool
	// readers are the commands that read it, for a stream whose writer is not
	// there yet.
	readers []int
	// waiting are shells that read it, for the same.
	waiting []func(text string)
	kind    EdgeKind // of the edges to its readers; EdgePipe when empty
}

func (s *stream) known() bool {
	return s != nil && !strings.Contains(s.text, Unknown)
}

// collector takes what commands write.
type collector struct {
	text    strings.Builder
	from    []int
	decoded bool
	fifo    bool // it is a named pipe
}

// add takes the output of a command; text "" is none.
func (o *collector) add(id int, text string, decoded bool) {
	if text == "" {
		return
	}
	if o.text.Len()+len(text) > maxText {
		if s := o.text.String(); !strings.HasSuffix(s, Unknown) {
			o.text.WriteString(Unknown)
		}
	} else {
		o.text.WriteString(text)
	}
	if len(o.from) < maxBraces && !slices.Contains(o.from, id) {
		o.from = append(o.from, id)
	}
	o.decoded = o.decoded || decoded
}

// stream is what can be read of it.
func (o *collector) stream() *stream {
	return &stream{text: o.text.String(), from: o.from, decoded: o.decoded}
}

// value is what it gives as a substitution.
func (o *collector) value(kind EdgeKind) val {
	v := val{s: strings.TrimRight(o.text.String(), "\n"), decoded: o.decoded}
	for _, id := range o.from {
		v.from = append(v.from, source{id: id, kind: kind})
	}
	return v
}

// descriptor is what a file descriptor is connected with.
type descriptor struct {
	in   *stream // what can be read from it
	path Word    // its file; Value is "" when it has none
	op   string
	out  *stream // a reader of what is written to it
}

// edge notes a way of data once.
func (a *analyzer) edge(from, to int, kind EdgeKind, name string) {
	if from == to || from < 0 || to < 0 {
		return
	}
	e := Edge{From: from, To: to, Kind: kind, Name: name}
	for i := len(a.out.Edges) - 1; i >= 0 && i >= len(a.out.Edges)-64; i-- {
		if a.out.Edges[i] == e {
			return
		}
	}
	if len(a.out.Edges) >= maxEdges {
		a.bound()
		return
	}
	a.out.Edges = append(a.out.Edges, e)
}

// reads notes that command id reads s.
func (a *analyzer) reads(id int, s *stream) {
	if s == nil {
		return
	}
	kind := s.kind
	if kind == "" {
		kind = EdgePipe
	}
	name := ""
	if kind == EdgeFile {
		name = s.path
	}
	for _, from := range s.from {
		a.edge(from, id, kind, name)
	}
	if s.path != "" && len(a.early) < maxBraces {
		a.early = append(a.early, reader{id: id, path: s.path})
	}
	if len(s.readers) < maxBraces {
		s.readers = append(s.readers, id)
	}
}

// await notes a shell that reads what is not written yet.
func (a *analyzer) await(s *stream, run func(text string)) {
	if len(s.from) > 0 || len(s.waiting) >= maxFiles {
		return
	}
	s.waiting = append(s.waiting, run)
	if s.path != "" && len(a.early) < maxBraces {
		a.early = append(a.early, reader{id: -1, path: s.path, run: run})
	}
}

// feed hands a text to the shells that wait for it.
func (a *analyzer) feed(s *stream, text string) {
	if s == nil || strings.Trim(text, Unknown+" \n") == "" {
		return
	}
	for _, run := range s.waiting {
		if a.step() {
			run(text)
		}
	}
}

// reader is a command that reads a file.
type reader struct {
	id   int
	path string
	run  func(text string)
}

// late notes the ways through files whose writer stands behind their reader: a named
// pipe, or a reader in the background.
func (a *analyzer) late() {
	for _, r := range a.early {
		out := a.files[r.path]
		if r.run != nil {
			if out != nil && out.fifo && out.text.Len() > 0 && a.step() {
				r.run(out.text.String())
			}
			continue
		}
		if out == nil || !out.fifo && !a.out.Commands[r.id].Background {
			continue
		}
		for _, from := range out.from {
			a.edge(from, r.id, EdgeFile, r.path)
		}
	}
}
