package facts

import "strings"

// tar reads its old style of options, too.
func (b *builder) tar(c *call) {
	var mode byte
	archive, dir := "", ""
	var names []string
	args := c.args
	v := variable(c.cmd, "TAR_OPTIONS")
	if v == "" {
		v = b.pendingTar
	}
	if v != "" {
		args = append(strings.Fields(v), args...)
	}
	take := func(i int, w string) string {
		if i+1 < len(args) {
			return args[i+1]
		}
		return w
	}
	for i := 0; i < len(args); i++ {
		w := args[i]
		switch {
		case w == "--":
			names = append(names, args[i+1:]...)
			i = len(args)
		case strings.HasPrefix(w, "--"):
			name, value, has := strings.Cut(w, "=")
			long := func(full ...string) bool {
				for _, f := range full {
					if name == f || len(name) > 4 && strings.HasPrefix(f, name) {
						return true
					}
				}
				return false
			}
			switch {
			case long("--create"):
				mode = 'c'
			case long("--extract", "--get"):
				mode = 'x'
			case long("--append", "--update", "--catenate"):
				mode = 'r'
			case long("--list"):
				mode = 't'
			case long("--file"):
				archive = value
				if !has {
					archive = take(i, "")
					i++
				}
			case long("--directory"):
				dir = value
				if !has {
					dir = take(i, "")
					i++
				}
			case long("--exclude-from", "--files-from"):
				if !has {
					value = take(i, "")
					i++
				}
				b.read(c, value, false, false)
			case long("--to-command", "--use-compress-program", "--checkpoint-action", "--info-script", "--new-volume-script", "--rsh-command", "--rmt-command"):
				if !has {
					value = take(i, "")
					i++
				}
				if hasAny(value, "gzip", "zstd", "pigz", "xz", "bzip2", "lz4", "echo", "dot", "totals", "wait", "ttyout") && !hasAny(value, "sh ", "exec=") {
					break
				}
				b.hook(name, value)
			case long("--exclude") && !has, long("--transform") && !has, long("--owner") && !has, long("--group") && !has:
				i++
			}
		case len(w) > 1 && w[0] == '-' || i == 0 && len(c.args) > 0 && w == c.args[0] && strings.Trim(w, "cxtrufvzjJpahkPSOmlwWi") == "":
			letters := strings.TrimPrefix(w, "-")
			for j := 0; j < len(letters); j++ {
				switch l := letters[j]; l {
				case 'c', 'x', 't', 'r', 'u':
					mode = l
				case 'f', 'C', 'T', 'X', 'I', 'F', 'b', 'g', 'H', 'K', 'N', 'V', 'L':
					value := letters[j+1:]
					if w[0] == '-' && value != "" && l != 'f' || w[0] == '-' && value != "" && l == 'f' {
						j = len(letters)
					} else {
						value = take(i, "")
						i++
					}
					switch l {
					case 'f':
						archive = value
					case 'C':
						dir = value
					case 'T', 'X':
						b.read(c, value, false, false)
					case 'I', 'F':
						if l == 'F' || !hasAny(value, "gzip", "zstd", "pigz", "xz", "bzip2", "lz4") || spawnsShell(value) {
							b.hook("-"+string(rune(l)), value)
						}
					}
				}
			}
		default:
			names = append(names, w)
		}
	}
	if archive == "" {
		archive = variable(c.cmd, "TAPE")
	}
	host, _, remote := remoteFile(archive)
	switch mode {
	case 'c', 'r', 'u':
		if c.arg("--remove-files") {
			b.deleted(c, names, true, false)
		}
		for _, n := range names {
			if dir != "" && dir != "." && !strings.HasPrefix(n, "/") {
				n = dir + "/" + n
			}
			b.read(c, n, strings.ContainsAny(n, "*?"), true)
		}
		switch {
		case remote && !strings.Contains(archive, "/dev/"):
			b.addNet(Net{Host: host, Direction: DirectionUpload})
			b.sink(host)
		case strings.HasPrefix(archive, "/dev/fd/"):
			for i := range c.cmd.Redirects {
				if h, ok := strings.CutPrefix(c.cmd.Redirects[i].Path.Value, "/dev/tcp/"); ok {
					b.sink(cutAt(h, "/"))
				}
			}
			b.socketBefore(c.cmd.ID)
		case archive != "" && archive != "-":
			b.role(c, roleWrite, archive, -1, false)
		}
	case 'x', 't':
		if archive != "" && archive != "-" {
			if remote {
				b.addNet(Net{Host: host, Direction: DirectionDownload})
				b.step.own.add(2, host)
			} else {
				b.add(archive, AccessRead, c.prog, false, false)
				b.reads(archive)
			}
		}
		if mode == 'x' {
			if dir != "" {
				b.role(c, roleWrite, dir, -1, false)
				b.tree(dir)
			} else {
				b.tree(".")
			}
		}
		for _, n := range names {
			b.any(c, n)
		}
	}
}

// socketBefore makes a command send to a connection that the shell opened before it.
func (b *builder) socketBefore(id int) {
	for i := 0; i < id && i < len(b.a.Commands) && !b.step.uploads; i++ {
		for _, r := range b.a.Commands[i].Redirects {
			if h, ok := strings.CutPrefix(r.Path.Value, "/dev/tcp/"); ok {
				b.sink(cutAt(h, "/"))
			}
		}
	}
}
