package shellcommand

import (
	"slices"
	"sync"
)

// room is memory that an analysis needs while it runs, and leaves to the next one:
// what it found holds none of it. Of what a command line needs more of, the rest is
// made for it alone. Nothing of it is used twice in one analysis, so that what keeps a
// part of it, as traps do, need not know.
type room struct {
	analyzer analyzer
	shell    shell
	frames   [8]frame
	fields   [32]field
	commands [8]Command

	usedFrames, usedFields int
}

// frame is a simple command and what resolves its words.
type frame struct {
	k command
	e expander
}

var rooms = sync.Pool{New: func() any { return &room{} }}

func newAnalyzer(o Options) *analyzer {
	r, _ := rooms.Get().(*room)
	a := &r.analyzer
	a.opt, a.known, a.room = o, programs(), r
	a.out.Commands = r.commands[:0]
	return a
}

// found is what the analysis found, in memory of its own.
func (a *analyzer) found() *Analysis {
	out := a.out
	if out.Commands = slices.Clone(out.Commands); len(out.Commands) == 0 {
		out.Commands = nil
	}
	return &out
}

// release leaves the room to another analysis, as empty as it was.
func (a *analyzer) release() {
	r := a.room
	clear(r.frames[:r.usedFrames])
	clear(r.fields[:r.usedFields])
	clear(r.commands[:min(len(a.out.Commands), len(r.commands))])
	r.analyzer, r.shell, r.usedFrames, r.usedFields = analyzer{}, shell{}, 0, 0
	rooms.Put(r)
}

func (a *analyzer) newFrame() *frame {
	r := a.room
	if r.usedFrames == len(r.frames) {
		return &frame{}
	}
	r.usedFrames++
	return &r.frames[r.usedFrames-1]
}

// newFields makes room for n fields.
func (a *analyzer) newFields(n int) []field {
	r := a.room
	from := r.usedFields
	if from+n > len(r.fields) {
		return make([]field, 0, n)
	}
	r.usedFields += n
	return r.fields[from:from:r.usedFields]
}
