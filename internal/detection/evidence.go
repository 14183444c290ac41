package detection

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/detection/facts"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
)

// places are the facts that have a key of the rule, each once, what an act says
// first and what the event says last.
func (c *compiled) places(f *facts.Facts, s *Session) []place {
	var found []place
	seen := map[place]bool{}
	eachKey(f, func(k key, p place) {
		if c.keys[k] && !seen[p] && len(found) < 64 {
			seen[p] = true
			found = append(found, p)
		}
	})
	for i, k := range c.counters {
		if k.field.least(s, k.least) {
			found = append(found, place{placeSession, i})
		}
	}
	return found
}

// excepted is the exception that covers what was found; nil when there is none.
func (c *compiled) excepted(f *facts.Facts, places []place, now time.Time) *Exception {
	for i := range c.Exceptions {
		e := &c.Exceptions[i]
		if now.Before(e.until) && e.covers(f, places) {
			return e
		}
	}
	return nil
}

// noShell are the bytes that no * of an exception for a command goes over, so that
// nothing can be hung on to what was excepted.
const noShell = ";|&\n\r`$()<>"

func (e *Exception) covers(f *facts.Facts, places []place) bool {
	if e.Project != "" && (f.Event.Project == "" || !Glob(e.Project, f.Event.Project, "/")) {
		return false
	}
	if e.Command != "" && (f.Event.Command == "" || !Glob(e.Command, f.Event.Command, noShell)) {
		return false
	}
	if e.Path == "" {
		return true
	}
	paths := 0
	for _, p := range places {
		switch p.kind {
		case placePath:
			path := f.Paths[p.index].Path
			if strings.Contains(path, "…") || strings.Contains(path, "/../") || !Glob(e.Path, path, "/") {
				return false
			}
			paths++
		case placeEvent:
		default:
			return false // it found more than paths
		}
	}
	return paths > 0
}

// show renders what was found.
func (c *compiled) show(f *facts.Facts, s *Session, places []place) []string {
	if c.evidence != nil {
		places = c.chosen(f, places)
	}
	var texts []string
	for _, eventToo := range []bool{false, true} {
		if eventToo && len(texts) > 0 {
			break
		}
		for _, p := range places {
			if (p.kind == placeEvent) != eventToo || len(texts) == securityalert.MaxEvidence {
				continue
			}
			t := clean(c.render(f, s, p), securityalert.MaxEvidenceBytes)
			if t != "" && !slices.Contains(texts, t) {
				texts = append(texts, t)
			}
		}
	}
	return texts
}

// chosen are the facts of the kinds that the rule wants to be shown.
func (c *compiled) chosen(f *facts.Facts, hit []place) []place {
	var all []place
	add := func(kind placeKind, n int) {
		if c.evidence[kind] {
			for i := range min(n, 64) {
				all = append(all, place{kind, i})
			}
		}
	}
	add(placeAct, len(f.Acts))
	add(placeFlow, len(f.Flows))
	add(placePath, len(f.Paths))
	add(placeNet, len(f.Net))
	add(placeCommand, len(f.Commands))
	add(placeOpaque, len(f.Opaque))
	add(placeEvent, 1)
	add(placeSession, len(c.counters))
	if len(all) == 0 {
		return hit
	}
	return all
}

func (c *compiled) render(f *facts.Facts, s *Session, p place) string {
	switch p.kind {
	case placeCommand:
		cmd := &f.Commands[p.index]
		text := cmd.Text
		if text == "" {
			text = strings.Join(append([]string{cmd.Program}, cmd.Args...), " ")
		}
		return "runs " + text
	case placePath:
		x := &f.Paths[p.index]
		return verb(x.Access) + " " + x.Path + " (" + x.Class + ")" + behind(x.Privileged)
	case placeNet:
		n := &f.Net[p.index]
		where := n.URL
		if where == "" {
			where = n.Host
			if n.Port > 0 {
				where = fmt.Sprintf("%s:%d", n.Host, n.Port)
			}
		}
		return strings.TrimSpace(n.Direction + " " + n.Method + " " + where + " (" + n.Class + ")")
	case placeFlow:
		w := &f.Flows[p.index]
		return w.From + " → " + w.To + ": " + w.Detail
	case placeAct:
		a := &f.Acts[p.index]
		return a.Kind + ": " + strings.TrimSpace(a.Program+" "+strings.TrimPrefix(a.Detail, a.Program+" ")) + behind(a.Privileged)
	case placeOpaque:
		return "cannot be told: " + f.Opaque[p.index]
	case placeSession:
		k := c.counters[p.index]
		for name, field := range sessionFields {
			if field != k.field {
				continue
			}
			switch {
			case field.number != nil:
				return fmt.Sprintf("%s is %d", name, *field.number(s))
			case field.text != nil:
				return name + " is " + *field.text(s)
			}
			return name
		}
	case placeEvent:
		e := &f.Event
		if e.Command != "" {
			return e.Type + ": " + e.Command
		}
		for i := range f.Paths {
			return e.Type + ": " + f.Paths[i].Path
		}
		for i := range f.Net {
			return e.Type + ": " + f.Net[i].URL
		}
		return strings.TrimSpace(e.Type + " " + e.Tool)
	}
	return ""
}

func verb(access string) string {
	switch access {
	case facts.AccessMode:
		return "changes the mode of"
	case facts.AccessList:
		return "lists"
	}
	return access + "s"
}

func behind(privileged bool) string {
	if privileged {
		return " as another user"
	}
	return ""
}

// suppressionKey is what matches that are one to an analyst have in common: short,
// and of the same bytes whenever the parts are.
func (c *compiled) suppressionKey(f *facts.Facts, evidence []string) string {
	parts := c.Suppress.Key
	if len(parts) == 0 {
		parts = []string{"session", "evidence"}
	}
	h := sha256.New()
	for _, p := range parts {
		_, _ = fmt.Fprintf(h, "%s\x00%s\x00", p, c.part(f, p, evidence)) // a hash takes everything
	}
	return c.Slug + ":" + strings.Join(parts, "+") + ":" + hex.EncodeToString(h.Sum(nil))[:16]
}

func (c *compiled) part(f *facts.Facts, name string, evidence []string) string {
	var all []string
	switch name {
	case "session":
		return f.Event.Session
	case "project":
		return f.Event.Project
	case "tool":
		return f.Event.Tool
	case "agent":
		return f.Event.AgentID
	case "command":
		return f.Event.Command
	case "path":
		for i := range f.Paths {
			all = append(all, f.Paths[i].Path)
		}
	case "host":
		for i := range f.Net {
			all = append(all, f.Net[i].Host)
		}
	case "evidence":
		all = slices.Clone(evidence)
	}
	sort.Strings(all)
	return strings.Join(all, "\x00")
}
