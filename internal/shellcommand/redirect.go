package shellcommand

import (
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// redirect connects the descriptors of c as redirects say.
func (a *analyzer) redirect(c *ctx, redirs []*syntax.Redirect) {
	inherited := len(c.redirs)
	c.redirs = c.redirs[:inherited:inherited]
	for _, r := range redirs {
		if !a.step() {
			return
		}
		a.redirectOne(c, r)
	}
	// What the command redirects itself is not the group's.
	if inherited > 0 && len(c.redirs) > inherited {
		own := c.redirs[inherited:]
		var kept []Redirect
		for _, r := range c.redirs[:inherited] {
			overridden := false
			for _, o := range own {
				overridden = overridden || o.FD == r.FD
			}
			if !overridden {
				kept = append(kept, r)
			}
		}
		kept = append(kept, own...)
		c.redirs = kept
	}
}

func (a *analyzer) redirectOne(c *ctx, r *syntax.Redirect) {
	fd, name := 1, ""
	switch r.Op {
	case syntax.RdrIn, syntax.RdrInOut, syntax.DplIn, syntax.Hdoc, syntax.DashHdoc, syntax.WordHdoc:
		fd = 0
	}
	if r.N != nil {
		if n, err := strconv.Atoi(r.N.Value); err == nil && n >= 0 && n < 1<<16 {
			fd = n
		} else {
			name = strings.Trim(r.N.Value, "{}")
		}
	}
	if name != "" {
		fd = a.freeFD(c)
		if syntax.ValidName(name) {
			c.sh.assign(name, []val{{s: strconv.Itoa(fd)}}, c.cond)
		}
	}
	shown := fd
	if name != "" {
		shown = -1
	}
	switch r.Op {
	case syntax.Hdoc, syntax.DashHdoc:
		a.connect(c, fd, name, descriptor{in: &stream{text: a.document(c, r), heredoc: true}})
		return
	case syntax.WordHdoc:
		f := a.one(c, r.Word)[0]
		s := &stream{text: f.v + "\n", heredoc: true, decoded: f.decoded}
		for _, from := range f.from {
			s.from = append(s.from, from.id)
		}
		a.connect(c, fd, name, descriptor{in: s})
		return
	case syntax.DplIn, syntax.DplOut:
		for i, f := range a.one(c, r.Word) {
			before := c.in
			a.duplicate(c, r, fd, shown, name, f)
			c.oneOf(before, i > 0 && fd == 0)
		}
		return
	}
	for i, f := range a.one(c, r.Word) {
		before := c.in
		a.toFile(c, r.Op.String(), fd, shown, name, f)
		c.oneOf(before, i > 0 && fd == 0)
	}
}

// oneOf says that the input may be the one before, too.
func (c *ctx) oneOf(before *stream, several bool) {
	if !several || before == nil || c.in == nil || before == c.in {
		return
	}
	both := *c.in
	both.text += "\n" + before.text
	both.from = append(append([]int(nil), before.from...), c.in.from...)
	both.decoded = both.decoded || before.decoded
	c.in = &both
}

func (a *analyzer) freeFD(c *ctx) int {
	fd := 10
	for range maxBraces {
		_, local := c.fds[fd]
		_, shell := c.sh.fds[fd]
		if !local && !shell {
			break
		}
		fd++
	}
	return fd
}

// toFile connects a descriptor with a file.
func (a *analyzer) toFile(c *ctx, op string, fd, shown int, name string, f field) {
	if len(c.redirs) > maxBraces {
		a.bound()
		return
	}
	r := Redirect{FD: shown, Op: op, Path: f.word()}
	c.redirs = append(c.redirs, r)
	d := descriptor{path: r.Path, op: op, out: f.sink}
	if r.Reads() {
		d.in = a.fileStream(c, f)
	}
	a.connect(c, fd, name, d)
	if r.Op == "<" || fd != 1 {
		return
	}
	c.out, c.sinks = nil, nil
	switch {
	case f.sink != nil:
		c.sinks = []*stream{f.sink}
	case strings.HasPrefix(f.v, "/dev/fd/"), strings.HasPrefix(f.v, "/proc/self/fd/"):
		a.toDescriptor(c, f.v[strings.LastIndexByte(f.v, '/')+1:])
	case strings.HasPrefix(f.v, "/dev/"):
	default:
		c.out = a.writes(c, f.v, strings.Contains(op, ">>"))
	}
}

// toDescriptor sends the standard output where descriptor n goes.
func (a *analyzer) toDescriptor(c *ctx, n string) {
	fd, err := strconv.Atoi(n)
	if err != nil {
		return
	}
	if d, ok := a.fd(c, fd); ok && d.out != nil {
		c.sinks = []*stream{d.out}
	}
}

// writes is what takes the text that is written into a file; nil when it cannot be
// told which file.
func (a *analyzer) writes(c *ctx, file string, more bool) *collector {
	key := c.sh.key(file)
	if key == "" || len(a.files) >= maxBraces {
		return nil
	}
	if a.files == nil {
		a.files = map[string]*collector{}
	}
	if have := a.files[key]; have != nil && (more || c.cond || have.fifo) {
		return have
	}
	out := &collector{}
	a.files[key] = out
	return out
}

// fileStream is what can be read from a file.
func (a *analyzer) fileStream(c *ctx, f field) *stream {
	if f.stream != nil {
		return f.stream
	}
	switch f.v {
	case "-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0":
		return c.in
	}
	for _, dir := range []string{"/dev/fd/", "/proc/self/fd/"} {
		if n, ok := strings.CutPrefix(f.v, dir); ok {
			if fd, err := strconv.Atoi(n); err == nil {
				if d, known := a.fd(c, fd); known && d.in != nil {
					return d.in
				}
			}
		}
	}
	if len(a.files) > 0 {
		if key := c.sh.key(f.v); key != "" {
			if out := a.files[key]; out != nil {
				s := out.stream()
				s.path, s.kind = key, EdgeFile
				if out.fifo && s.text == "" {
					s.text = Unknown // who writes may stand behind
				}
				return s
			}
		}
	}
	return &stream{text: Unknown, path: f.v}
}

// fd is what a descriptor is connected with.
func (a *analyzer) fd(c *ctx, n int) (descriptor, bool) {
	if d, ok := c.fds[n]; ok {
		return d, true
	}
	if d, ok := c.sh.fds[n]; ok {
		return d, true
	}
	for i := len(c.redirs) - 1; i >= 0; i-- {
		if r := c.redirs[i]; r.FD == n && r.Op != "<&" && r.Op != ">&" {
			return descriptor{path: r.Path, op: r.Op}, true
		}
	}
	return descriptor{}, false
}

// connect notes what a descriptor is connected with.
func (a *analyzer) connect(c *ctx, fd int, name string, d descriptor) {
	if fd == 0 && name == "" {
		c.in = d.in
		if c.in == nil {
			c.in = &stream{text: Unknown, path: d.path.Value}
		}
	}
	fds := make(map[int]descriptor, len(c.fds)+1)
	for k, v := range c.fds {
		if len(fds) < maxBraces {
			fds[k] = v
		}
	}
	fds[fd] = d
	c.fds = fds
	if name != "" { // {name}> stays open
		c.sh.setFD(fd, d)
	}
}

// duplicate is >&3 and <&3, and >&file.
func (a *analyzer) duplicate(c *ctx, r *syntax.Redirect, fd, shown int, name string, f field) {
	n, err := strconv.Atoi(strings.TrimSuffix(f.v, "-"))
	if err != nil {
		if f.v == "-" || !f.known() {
			return
		}
		op := "&>"
		if r.Op == syntax.DplIn {
			op = "<"
		}
		a.toFile(c, op, fd, shown, name, f)
		return
	}
	d, ok := a.fd(c, n)
	if !ok {
		if fd == 1 && r.Op == syntax.DplOut && n != 1 {
			c.out, c.sinks = nil, nil
		}
		c.redirs = append(c.redirs, Redirect{FD: shown, Op: r.Op.String(), Path: f.word()})
		return
	}
	if d.path.Value != "" {
		op := ">"
		if fd == 0 || d.op == "<" {
			op = "<"
		}
		c.redirs = append(c.redirs, Redirect{FD: shown, Op: op, Path: d.path})
	}
	a.connect(c, fd, name, d)
	if fd == 1 {
		c.out, c.sinks = nil, nil
		if d.out != nil {
			c.sinks = []*stream{d.out}
		}
	}
}

// bare is a statement of redirects alone: they create or empty files.
func (a *analyzer) bare(c ctx, s *syntax.Stmt) {
	out := c.out
	a.redirect(&c, s.Redirs)
	a.emit(&command{c: c, text: a.source(c, s)})
	if out != nil && c.in != nil { // $(<file)
		out.add(len(a.out.Commands)-1, c.in.text, c.in.decoded)
	}
}
