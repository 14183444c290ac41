package facts

import (
	"strings"
	"sync"

	"github.com/agent-telemetry/agent-telemetry/internal/shellcommand"
)

// builder makes the facts of one event.
type builder struct {
	f       *Facts
	c       Context
	project string
	lowHome string
	a       *shellcommand.Analysis
	call    call
	step    *step // of the command that is looked at
	steps   []step
	room    []step // for them

	lookups    int // comparisons of names of files
	first      int // index in f.Commands of the first step
	nested     bool
	approved   bool                 // a change of somebody's was approved
	modeOff    bool                 // a mode takes the right to execute away
	scratchDB  bool                 // the client of a database works on one of tests
	wanted     string               // a credential that the command line searches for
	pendingTar string               // TAR_OPTIONS that the shell has set
	imageRef   string               // an image of nobody knows whom that was started
	remotes    []string             // that were added to a repository
	envReads   []envRead            // files of variables that a substitution reads
	encrypted  []string             // files that were encrypted
	plain      map[string]plainness // what was written to profiles of shells

	privileged, remote bool
}

// builders are those that events have left: most of what one needs, for one event
// only, is room for words and steps.
var builders = sync.Pool{New: func() any { return &builder{} }}

// newBuilder gives a builder of the facts f. When they are made, it is left to the next
// event by release; facts that end in a panic keep theirs.
func newBuilder(f *Facts, c Context) *builder {
	c.Dir, c.Home, c.StateDir = cleaned(c.Dir), cleaned(c.Home), cleaned(c.StateDir)
	b, _ := builders.Get().(*builder)
	b.f, b.c = f, c
	b.call.spec = unknownSpec // which no command has set yet
	if b.project = c.Dir; c.Project != "" {
		b.project = cleaned(c.Project)
	}
	if c.Home != "/" {
		b.lowHome = strings.ToLower(c.Home)
	}
	return b
}

// What a builder keeps room for, from one event to the next.
const (
	roomWords = 32
	roomSteps = 16
)

// release makes the builder another event's, unless it has become too large.
func (b *builder) release() {
	if cap(b.call.args) <= roomWords && cap(b.call.opts) <= roomWords && cap(b.room) <= roomSteps {
		b.empty()
		builders.Put(b)
	}
}

// empty leaves nothing of the event in the builder.
func (b *builder) empty() {
	c := &b.call
	args, pos, opts := c.args[:cap(c.args)], c.pos[:cap(c.pos)], c.opts[:cap(c.opts)]
	clear(args)
	clear(pos)
	clear(opts)
	clear(b.room)
	*b = builder{call: call{args: args[:0], pos: pos[:0], at: c.at[:0], opts: opts[:0]}, room: b.room[:0]}
}

// newSteps gives n steps, in the place of those before.
func (b *builder) newSteps(n int) []step {
	if n > cap(b.room) {
		b.room = make([]step, n)
		return b.room
	}
	clear(b.room) // as far as it was used
	b.room = b.room[:n]
	return b.room
}

// analysis adds the facts of a command line.
func (b *builder) analysis(command string, a *shellcommand.Analysis) {
	b.a = a
	for _, o := range a.Opaque {
		b.f.Opaque = append(b.f.Opaque, string(o))
	}
	b.f.Truncated = b.f.Truncated || a.Truncated
	b.first = len(b.f.Commands)
	n := min(len(a.Commands), maxCommands-min(maxCommands, b.first))
	b.f.Truncated = b.f.Truncated || n < len(a.Commands)
	b.steps = b.newSteps(n)
	if b.f.Commands == nil {
		b.f.Commands = make([]Command, 0, n)
	}
	for i := range n {
		b.step = &b.steps[i]
		b.command(&a.Commands[i])
	}
	b.step = nil
	b.flows()
	b.reverse()
	b.ransomed()
	b.loaded()
	b.bare(command)
	b.invisible(command)
}

// command adds the facts of one command.
func (b *builder) command(k *shellcommand.Command) {
	c := &b.call
	c.parse(k)
	b.privileged, b.remote = false, false
	f := Command{Program: show(cut(k.Program, maxDetail)), Path: show(cut(k.Path, maxText)), Text: show(cut(k.Text, 512))}
	if len(c.args) > 0 {
		f.Args = make([]string, len(c.args))
		for i, a := range c.args {
			f.Args[i] = show(cut(a, maxText))
		}
	}
	for _, w := range k.Wrappers {
		f.Wrappers = append(f.Wrappers, w.Program)
		b.privileged = b.privileged || switchers[w.Program]
	}
	for _, v := range k.Via {
		f.Via = append(f.Via, string(v))
		if v == shellcommand.ViaRemote || v == shellcommand.ViaContainer {
			b.remote = true
		}
	}
	f.Privileged, f.Remote = b.privileged, b.remote
	b.f.Commands = append(b.f.Commands, f)
	b.encoded(k)
	if b.remote && viaRemote(k) {
		b.step.own.add(2, "another machine")
	}

	b.redirects(k)
	b.wrappers(k)
	b.assigns(k)
	if k.Program == "" && len(k.Args) == 0 && k.Path == "" {
		return
	}
	if k.Program == "" {
		b.step.runsArg = true
	}
	if c.prog == "rm" && c.asks() {
		return
	}
	if dumps[c.prog] {
		b.step.own.add(1, c.prog)
	}
	b.started(c)
	b.arguments(c)
	b.acts(c)
}

// started adds the file of a program that is not one of the system's.
func (b *builder) started(c *call) {
	p := c.cmd.Path
	if !strings.Contains(p, "/") || strings.Contains(p, shellcommand.Unknown) {
		return
	}
	for _, dir := range [...]string{"/bin/", "/usr/", "/sbin/", "/opt/", "/nix/"} {
		if strings.HasPrefix(p, dir) {
			return
		}
	}
	b.add(p, AccessExecute, c.prog, false, false)
	b.runs(p)
}

// add adds a path.
func (b *builder) add(word, access, program string, glob, recursive bool) {
	if word == "" || strings.ContainsAny(word, "\n") || len(word) > maxText {
		return
	}
	p := b.place(word, b.dir())
	b.put(p, access, program, glob, recursive)
	if access == AccessRead && p.class == ClassCredential && b.call.cmd != nil && len(b.envReads) < maxStepFiles && substituted(b.call.cmd) && envFile(strings.ToLower(p.path[strings.LastIndexByte(p.path, '/')+1:])) {
		b.envReads = append(b.envReads, envRead{b.call.cmd.ID, p.path, program})
	}
}

func (b *builder) dir() string {
	if b.call.cmd != nil {
		return b.call.cmd.Dir
	}
	return b.c.Dir
}

func (b *builder) put(p place, access, program string, glob, recursive bool) {
	if b.remote && p.class != ClassRoot && access == AccessList {
		return
	}
	for i := range b.f.Paths {
		q := &b.f.Paths[i]
		if q.Path == p.path && q.Access == access && q.Program == program && q.Privileged == b.privileged && q.Remote == b.remote {
			q.Recursive = q.Recursive || recursive
			return
		}
	}
	if len(b.f.Paths) >= maxPaths {
		b.f.Truncated = true
		return
	}
	b.f.Paths = append(b.f.Paths, Path{Path: p.path, Access: access, Class: p.class, Program: program, Recursive: recursive, Glob: glob, OutsideProject: p.outside, Privileged: b.privileged, Remote: b.remote})
}

// act adds an act.
func (b *builder) act(kind, detail string) {
	program := ""
	if b.call.cmd != nil {
		program = b.call.prog
	}
	b.actOf(kind, program, detail)
}

func (b *builder) actOf(kind, program, detail string) {
	detail = show(cut(detail, maxDetail))
	for i := range b.f.Acts {
		a := &b.f.Acts[i]
		if a.Kind == kind && a.Detail == detail && a.Program == program {
			return
		}
	}
	if len(b.f.Acts) >= maxActs {
		b.f.Truncated = true
		return
	}
	b.f.Acts = append(b.f.Acts, Act{Kind: kind, Program: program, Detail: detail, Privileged: b.privileged, Remote: b.remote})
}

// dumps are programs that write out what others keep.
var dumps = words("mysqldump pg_dump pg_dumpall mongodump mongoexport mariadb-dump history ldapsearch slapcat sqldump redis-dump kubectl")

var switchers = words("sudo doas su pkexec runuser run0 gosu su-exec sudoedit please dzdo sudo-rs calife super sg newgrp")

// redirects adds the files of a command's descriptors.
func (b *builder) redirects(k *shellcommand.Command) {
	if was := b.privileged; was && opensItself(k) {
		b.privileged = false
		defer func() { b.privileged = was }()
	}
	for i := range k.Redirects {
		r := &k.Redirects[i]
		w := r.Path.Value
		if w == "" || strings.HasSuffix(r.Op, "<&") || strings.HasPrefix(r.Op, ">&") && (number(strings.TrimSuffix(w, "-")) || w == "-") {
			continue
		}
		if rest, ok := strings.CutPrefix(w, "/dev/tcp/"); ok {
			b.socket(k, r, rest)
			continue
		}
		if rest, ok := strings.CutPrefix(w, "/dev/udp/"); ok {
			b.socket(k, r, rest)
			continue
		}
		if strings.HasPrefix(w, "/dev/fd/") || w == "/dev/null" {
			continue
		}
		if r.Reads() {
			b.add(w, AccessRead, b.call.prog, r.Path.Glob, false)
			b.reads(w)
		}
		if r.Writes() {
			if r.FD != 2 {
				b.contents(&b.call, w)
				b.profile(&b.call, w, strings.HasPrefix(r.Op, ">>") || r.Op == "&>>")
			}
			b.add(w, AccessWrite, b.call.prog, r.Path.Glob, false)
			if r.FD == 1 || r.FD == -1 || r.FD > 2 || strings.HasPrefix(r.Op, "&") {
				b.writes(w)
			}
			if k.Program == "" || k.Program == ":" || k.Program == "true" {
				if p := b.place(w, b.dir()); r.Op == ">" || r.Op == ">|" {
					b.emptied(p)
				}
			}
		}
	}
}

// opensItself reports whether the files of a command that runs as another user are
// opened by the shell that starts it, which does not: sudo x >file, but not sudo sh -c
// 'x >file'.
func opensItself(k *shellcommand.Command) bool {
	for i := range k.Wrappers {
		if w := k.Wrappers[i].Program; switchers[w] && strings.HasPrefix(k.Text, w+" ") {
			return true
		}
	}
	return false
}
