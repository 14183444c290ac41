package facts

import "strings"

// copyRemote is rsync and scp.
func (b *builder) copyRemote(c *call) {
	n := len(c.pos)
	if n < 2 {
		return
	}
	last := c.pos[n-1]
	toHost, toPath, up := remoteFile(last)
	down := ""
	for i, w := range c.pos[:n-1] {
		if host, _, ok := remoteFile(w); ok {
			down = host
			b.addNet(Net{Host: host, Direction: DirectionDownload})
			b.step.own.add(2, host)
			continue
		}
		b.role(c, roleTree, w, c.at[i], c.cmd.Args[c.at[i]].Glob)
	}
	switch {
	case up:
		b.addNet(Net{Host: toHost, Direction: DirectionUpload})
		b.sink(toHost)
		was := b.remote
		b.remote = true
		if toPath != "" && (toPath[0] == '/' || toPath[0] == '~') {
			p := b.place(toPath, "")
			if p.class == ClassSystem && (within(p.path, "/var") || within(p.path, "/srv") || within(p.path, "/opt")) {
				p.class = ClassOther // where servers keep what they serve
			}
			b.put(p, AccessWrite, c.prog, false, false)
		}
		b.remote = was
	default:
		b.role(c, roleWrite, last, c.at[n-1], false)
		for _, w := range c.pos[:n-1] {
			if _, p, ok := remoteFile(w); ok && down != "" {
				b.writes(strings.TrimSuffix(last, "/") + "/" + p[strings.LastIndexByte(p, '/')+1:])
			}
		}
	}
}

// cloudCopy is a copy to or from a store in a cloud.
func (b *builder) cloudCopy(c *call) {
	copying := false
	for _, w := range c.pos[:min(len(c.pos), 4)] {
		switch w {
		case "cp", "mv", "sync", "put", "copy", "rsync", "move", "copyto", "moveto", "upload", "upload-batch", "mirror", "upload-file", "put-object", "rcat":
			copying = true
		}
	}
	if !copying && c.arg("cat") {
		for _, w := range c.pos {
			if strings.Contains(w, "://") {
				b.step.own.add(2, w)
			}
		}
	}
	if !copying {
		for _, w := range c.pos {
			if p, ok := strings.CutPrefix(w, "file://"); ok {
				b.read(c, p, false, false)
			} else {
				b.any(c, w)
			}
		}
		return
	}
	store := func(w string) bool {
		return strings.Contains(w, "://") && !strings.HasPrefix(w, "file://") || c.prog == "rclone" && strings.Contains(w, ":") || c.prog == "mc" && strings.Contains(w, "/") && !strings.HasPrefix(w, ".") && !strings.HasPrefix(w, "/") && !strings.HasPrefix(w, "~")
	}
	last := c.pos[len(c.pos)-1]
	up := store(last)
	for i, w := range c.pos {
		if i < len(c.pos)-1 && !store(w) && (strings.ContainsAny(w, "/.~") || i > 1) {
			b.read(c, w, false, true)
		}
	}
	for _, o := range []string{"--file", "-f", "--body", "--source", "-s"} {
		if v := c.value(o); v != "" {
			b.read(c, v, false, false)
			up = true
		}
	}
	host := cutAt(last, "?")
	d := DirectionDownload
	if up || c.arg("upload", "put-object") {
		d = DirectionUpload
		b.sink(host)
	} else {
		b.step.own.add(2, host)
		b.role(c, roleWrite, last, -1, false)
	}
	if i := strings.Index(host, "://"); i >= 0 {
		host = cutAt(host[i+3:], "/")
	}
	class := HostKnown
	if c.prog == "rclone" {
		for _, w := range c.pos {
			if h := inlineHost(w); h != "" {
				host, class = h, hostClass(h)
			}
		}
	}
	b.addNet(Net{Host: host, URL: last, Direction: d, Class: class})
}

// inlineHost is the host of a remote of rclone that the command line itself defines:
// :sftp,host=h,user=u:dir, :webdav,url='http://h/x':. It is "" where there is none.
func inlineHost(w string) string {
	if !strings.HasPrefix(w, ":") {
		return ""
	}
	for part := range strings.SplitSeq(w, ",") {
		name, value, ok := strings.Cut(part, "=")
		if !ok {
			continue
		}
		value = strings.Trim(value, `'"`)
		switch name {
		case "host", "endpoint", "url":
			if strings.Contains(value, "://") {
				_, host, _, _ := splitURL(value)
				return strings.ToLower(host)
			}
			return strings.ToLower(strings.Trim(cutAt(value, ":"), `'"`))
		}
	}
	return ""
}

// gist puts files where others can read them.
func (b *builder) gist(c *call) {
	if c.word(0) == "gist" && c.word(1) == "create" || c.word(0) == "release" && (c.word(1) == "upload" || c.word(1) == "create") {
		for _, w := range c.pos[2:] {
			b.read(c, w, false, false)
		}
		host := "github.com"
		if c.word(0) == "gist" {
			host = "gist.github.com"
		}
		b.addNet(Net{Host: host, Direction: DirectionUpload})
		b.sink(host)
	}
	for i := range c.opts {
		if o := &c.opts[i]; o.has {
			b.role(c, c.spec.role(o.name), o.value, -1, false)
		}
	}
}

func (b *builder) mail(c *call) {
	d := DirectionUpload
	host := ""
	for _, w := range c.args {
		if i := strings.IndexByte(w, '@'); i > 0 && !strings.HasPrefix(w, "-") {
			host = w[i+1:]
		}
	}
	if host == "" {
		return
	}
	b.addNet(Net{Host: host, Direction: d})
	b.sink(host)
}
