package facts

import (
	"slices"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/shellcommand"
)

// Bits of a taint: where data comes from.
const (
	bitSecret = 1 << iota
	bitFile
	bitDownload
	bitDecode
	bitInput
)

var bitNames = [...]string{FlowSecret, FlowFile, FlowDownload, FlowDecode, FlowInput}

// taint is what data is made of.
type taint struct {
	bits   uint8
	detail [len(bitNames)]string // of each, the first
}

func (t *taint) add(bit int, detail string) {
	t.bits |= 1 << bit
	if t.detail[bit] == "" {
		t.detail[bit] = detail
	}
}

// merge adds another's and reports whether that made it more.
func (t *taint) merge(o *taint) bool {
	more := o.bits &^ t.bits
	if more == 0 {
		return false
	}
	for i := range bitNames {
		if more&(1<<i) != 0 {
			t.add(i, o.detail[i])
		}
	}
	return true
}

// step is what a command does with data.
type step struct {
	own    taint    // what it brings in itself
	in     taint    // what comes to its input
	args   taint    // what comes to its arguments
	out    taint    // what it gives on
	reads  []string // files
	writes []string
	runs   []string // files it runs as code

	upload  string // host to which it sends its input
	uploads bool
	sends   bool // it sends its arguments
	posts   bool // what it reads, too
	auth    bool // of which a secret is what it proves itself with
	runsIn  bool // it runs its input as code
	runsArg bool // it runs its arguments as code
	deletes bool // its arguments are deleted
	blocks  bool // nothing of its input comes out of it
	piped   bool // something comes to its input
}

// Bounds of following data: files of a command, comparisons of names.
const (
	maxStepFiles = 32
	maxLookups   = 1 << 16
)

func (b *builder) reads(word string) {
	if b.step == nil || len(b.step.reads) >= maxStepFiles || word == "" || word == "-" {
		return
	}
	p := b.resolve(strings.TrimPrefix(word, "file://"), b.dir())
	b.step.reads = append(b.step.reads, p)
	switch class := b.classify(p); class {
	case ClassCredential, ClassSystemAuth:
		b.step.own.add(0, p)
	case ClassDevNull:
	case ClassLog:
		if strings.Contains(p, "history") {
			b.step.own.add(0, p)
			return
		}
		b.step.own.add(1, p)
	default:
		b.step.own.add(1, p)
		if strings.HasSuffix(p, "/.config") && class == ClassHome {
			b.step.own.add(0, p) // where many a program keeps its tokens
		}
	}
}

func (b *builder) writes(word string) {
	if b.step == nil || len(b.step.writes) >= maxStepFiles || word == "" || word == "-" || word == "/dev/null" {
		return
	}
	b.step.writes = append(b.step.writes, b.resolve(word, b.dir()))
}

// tree is a directory whose files are all written.
func (b *builder) tree(word string) {
	if b.step != nil && len(b.step.writes) < maxStepFiles && word != "" {
		if p := b.resolve(word, b.dir()); p != "/" {
			b.step.writes = append(b.step.writes, p+"/")
		}
	}
}

func (b *builder) runs(word string) {
	if b.step == nil || len(b.step.runs) >= maxStepFiles || word == "" || word == "-" {
		return
	}
	b.step.runs = append(b.step.runs, b.resolve(word, b.dir()))
}

// flows follows data through the command line.
func (b *builder) flows() {
	if !b.interesting() {
		return
	}
	files := map[string]*taint{}
	edges := b.a.Edges
	if len(edges) > 4*maxCommands {
		edges = edges[:4*maxCommands]
		b.f.Truncated = true
	}
	for range 4 {
		changed := false
		for _, e := range edges {
			if e.From < 0 || e.To < 0 || e.From >= len(b.steps) || e.To >= len(b.steps) {
				continue
			}
			from, to := &b.steps[e.From], &b.steps[e.To]
			switch e.Kind {
			case shellcommand.EdgeArgument, shellcommand.EdgeVariable:
				changed = to.args.merge(&from.out) || changed
			case shellcommand.EdgeFile:
				if len(from.writes) > 0 || from.out.bits != 0 {
					changed = to.args.merge(&from.out) || changed
				}
			default:
				to.piped = true
				changed = to.in.merge(&from.out) || changed
			}
		}
		for i := range b.steps {
			changed = b.pass(&b.steps[i], files) || changed
		}
		if !changed {
			break
		}
	}
	for i := range b.steps {
		b.sinks(i, files)
	}
}

// interesting reports whether anything could flow to where it matters.
func (b *builder) interesting() bool {
	for i := range b.steps {
		s := &b.steps[i]
		if s.uploads || s.runsIn || s.runsArg || s.deletes || s.sends || len(s.runs) > 0 {
			return true
		}
	}
	return false
}

// pass gives on what one command has.
func (b *builder) pass(s *step, files map[string]*taint) bool {
	changed := s.out.merge(&s.own)
	if !s.blocks {
		changed = s.out.merge(&s.in) || changed
		changed = s.out.merge(&s.args) || changed
	}
	for _, r := range s.reads {
		if t := b.lookedUp(files, r); t != nil {
			changed = s.out.merge(t) || changed
		}
	}
	for _, w := range s.writes {
		t := files[w]
		if t == nil {
			if len(files) >= maxLinks || s.out.bits == 0 {
				continue
			}
			t = &taint{}
			files[w] = t
		}
		changed = t.merge(&s.out) || changed
	}
	return changed
}

// lookedUp finds what a file holds that the command line wrote, or what a directory
// has below it.
func (b *builder) lookedUp(files map[string]*taint, p string) *taint {
	if t := files[p]; t != nil {
		return t
	}
	if b.lookups += len(files); b.lookups > maxLookups {
		b.f.Truncated = true
		return nil
	}
	var names []string
	for name := range files {
		if within(name, p) || within(p, name) || p == "." {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names) // the first detail of a kind is what is told
	all := &taint{}
	for _, name := range names {
		all.merge(files[name])
	}
	return all
}

// sinks notes what flowed into a command that does something with it.
func (b *builder) sinks(i int, files map[string]*taint) {
	s := &b.steps[i]
	if s.uploads {
		all := s.in
		all.merge(&s.own)
		all.merge(&s.args)
		for _, r := range s.reads {
			if t := b.lookedUp(files, r); t != nil {
				all.merge(t)
			}
		}
		b.flow(&all, FlowNetwork, s.upload)
	} else if s.sends {
		secret := s.args
		if s.posts {
			secret.merge(&s.in)
			for _, r := range s.reads {
				if t := b.lookedUp(files, r); t != nil {
					secret.merge(t)
				}
			}
			secret.merge(&s.own)
		}
		secret.bits &= bitSecret
		if d := secret.detail[0]; s.auth && (hostClass(s.upload) == HostKnown || hostClass(s.upload) == HostPrivate || d != "" && d[0] != '/' && d[0] != '~' && d[0] != '.' && d != "environment") {
			secret.bits = 0
		}
		b.flow(&secret, FlowNetwork, s.upload)
	}
	program := b.f.Commands[b.first+i].Program
	if s.runsIn {
		all := s.in
		all.merge(&s.own)
		for _, r := range s.reads {
			if t := b.lookedUp(files, r); t != nil {
				all.merge(t)
			}
		}
		if s.piped && all.bits == 0 {
			all.add(4, "standard input")
		}
		all.merge(&s.args)
		b.flow(&all, FlowExecute, program)
	}
	if s.runsArg {
		b.flow(&s.args, FlowExecute, program)
	}
	for _, r := range s.runs {
		if t := files[r]; t != nil {
			b.flow(t, FlowExecute, r)
			continue
		}
		var from *taint
		first := "" // of the directories by name
		for dir, t := range files {
			if strings.HasSuffix(dir, "/") && (strings.HasPrefix(r, dir) || dir == "./" && r[0] != '/') && t.bits&bitDownload != 0 && (from == nil || dir < first) {
				from, first = t, dir
			}
		}
		if from != nil {
			b.flow(from, FlowExecute, r)
		}
	}
	if len(s.runs) > 0 && !s.runsIn {
		run := s.args
		run.bits &= bitDownload | bitDecode
		b.flow(&run, FlowExecute, program)
	}
	if s.deletes {
		all := s.args
		b.flow(&all, FlowDelete, program)
	}
}

func (b *builder) flow(t *taint, to, end string) {
	for i, name := range bitNames {
		if t.bits&(1<<i) == 0 {
			continue
		}
		b.addFlow(name, to, t.detail[i]+" → "+end)
	}
}

func (b *builder) addFlow(from, to, detail string) {
	detail = show(cut(detail, maxDetail))
	for i := range b.f.Flows {
		if f := &b.f.Flows[i]; f.From == from && f.To == to && f.Detail == detail {
			return
		}
	}
	if len(b.f.Flows) >= maxFlows {
		b.f.Truncated = true
		return
	}
	b.f.Flows = append(b.f.Flows, Flow{From: from, To: to, Detail: detail})
}
