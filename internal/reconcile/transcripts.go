package reconcile

import (
	"errors"
	"io/fs"
	"maps"
	"slices"
	"time"
)

// settled is how old a call must be to be compared: its hook event may be on its way.
const settled = 30 * time.Second

// compareTranscripts compares the sessions' transcripts with hook events.
func (c *Collector) compareTranscripts(r *Transcripts, files *Files) {
	for _, s := range c.chosen() {
		uses := map[string]*use{}
		if c.readTranscripts(r, s, files, uses) == 0 {
			if s.hasCalls() {
				r.SessionsWithout++
			}
			continue
		}
		c.compareUses(r, s, uses)
	}
	r.finish()
	switch {
	case r.Missing > 0 || r.MissingResults > 0:
		r.Status = Gaps
	case r.SessionsWithout > 0 || len(r.Problems) > 0 || r.Lines > 0:
		r.Status = NotCompared
	case r.Files == 0:
		r.Status = Skipped
	default:
		r.Status = OK
	}
}

// hasCalls reports whether the session has tool calls in the window.
func (s *session) hasCalls() bool {
	for _, call := range s.calls {
		if call.inWindow {
			return true
		}
	}
	return false
}

// readTranscripts reads what it can and returns how many files that were.
func (c *Collector) readTranscripts(r *Transcripts, s *session, files *Files, uses map[string]*use) (read int) {
	for _, path := range slices.Sorted(maps.Keys(s.transcripts)) {
		unreadable, err := readFile(files, path, uses)
		r.Lines += unreadable
		if err == nil {
			r.Files++
			read++
			continue
		}
		if errors.Is(err, fs.ErrNotExist) && !s.hasCalls() {
			continue // Claude Code makes the file when there is something to tell
		}
		if len(r.Problems) < maxListed {
			r.Problems = append(r.Problems, FileProblem{SessionID: s.id, Path: path, Problem: err.Error()})
		}
	}
	return read
}

func readFile(files *Files, path string, uses map[string]*use) (unreadable int, err error) {
	f, err := files.open(path)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return readTranscript(f, uses)
}

func (c *Collector) compareUses(r *Transcripts, s *session, uses map[string]*use) {
	lack := func(id string, u *use, what string) {
		if len(r.List) < maxListed {
			r.List = append(r.List, MissingCall{SessionID: s.id, ToolUseID: id, Tool: u.tool, Time: u.at.UTC(), Lacks: what})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(uses)) {
		u, known := uses[id], s.calls[id]
		switch {
		case known == nil && (u.at.Before(s.first) || u.at.Before(c.options.Since) || !u.at.Before(c.options.Until.Add(-settled))):
			r.Before++ // no time at all is before everything
			continue
		case known != nil && !known.inWindow:
			r.Before++
			continue
		}
		r.Calls++
		switch {
		case known != nil:
			r.WithEvent++
			if u.done && known.post.IsZero() && c.options.Until.Sub(later(known.pre, s.last)) > settled {
				r.MissingResults++
				lack(id, u, lacksResult)
			}
		case u.refused:
			r.Refused++
		default:
			r.Missing++
			lack(id, u, lacksCall)
		}
	}
	for id, known := range s.calls {
		if known.inWindow && uses[id] == nil {
			r.NotThere++
		}
	}
}
