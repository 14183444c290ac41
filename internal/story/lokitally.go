package story

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// What an entry costs Loki is what it answers with: an entry with its structured
// metadata and its line takes it three to five times as long as one without. So where
// only totals are wanted, Loki puts what is needed of both in front of the line, and
// leaves out the line of a tool call that it says nothing more about: one in the
// project that went well, of another tool than those that read and write files, and
// with no secret taken out.
const (
	head = `{{printf "%q %q %q %q %q %q %q" .` + semconv.MetadataSessionID + ` .` + semconv.MetadataHookEvent + ` .` + semconv.MetadataToolUseID +
		` .` + semconv.LabelEvent + ` .` + semconv.LabelTool + ` .` + semconv.LabelScope + ` .` + semconv.LabelProject + `}} `

	// What a function costs is what counts here: none is called that need not be.
	ifMore = `{{$l := __line__}}{{if and .` + semconv.MetadataSessionID + ` .` + semconv.MetadataToolUseID + ` .` + semconv.LabelTool +
		` (eq .` + semconv.LabelLevel + ` "INFO") (eq .` + semconv.LabelScope + ` "` + semconv.ScopeProject + `")}}` +
		`{{if eq .` + semconv.MetadataHookEvent + ` "` + hookPre + `"}}{{if ` + secret + `}}{{$l}}{{end}}` +
		`{{else if eq .` + semconv.MetadataHookEvent + ` "` + hookPost + `"}}{{if ` + file + `}}{{$l}}{{else if ` + secret + `}}{{$l}}{{end}}` +
		`{{else}}{{$l}}{{end}}{{else}}{{$l}}{{end}}`
	secret = `or (contains "` + redactionMark + `" $l) (contains "redactions" $l)`
	file   = `eq .` + semconv.LabelEvent + ` "" "` + semconv.EventFileRead + `" "` + semconv.EventFileWrite + `" "` + semconv.EventFileEdit + `" "` +
		semconv.EventNotebookOperation + `"`

	brief = "| line_format `" + head + ifMore + "` | keep " + semconv.LabelService
	whole = "| line_format `" + head + "{{__line__}}` | keep " + semconv.LabelService
)

// headFields is how many texts stand in front of the line.
const headFields = 7

var errBrief = errors.New("Loki did not put a record into the form that was asked for: Grafana Loki 3 or newer is needed")

// unbrief makes of such a line the entry that it was made of, as far as totals need it.
func unbrief(entry lokiquery.Entry) (lokiquery.Entry, error) {
	var texts [headFields]string
	rest := entry.Line
	for i := range texts {
		text, err := strconv.QuotedPrefix(rest)
		if err != nil {
			return entry, fmt.Errorf("%w (%w)", errBrief, err)
		}
		if texts[i], err = strconv.Unquote(text); err != nil {
			return entry, fmt.Errorf("%w (%w)", errBrief, err)
		}
		rest = strings.TrimPrefix(rest[len(text):], " ")
	}
	entry.Line = rest
	entry.Metadata = map[string]string{semconv.MetadataSessionID: texts[0], semconv.MetadataHookEvent: texts[1], semconv.MetadataToolUseID: texts[2]}
	entry.Labels = map[string]string{semconv.LabelEvent: texts[3], semconv.LabelTool: texts[4], semconv.LabelScope: texts[5], semconv.LabelProject: texts[6]}
	return entry, nil
}

const (
	// tallyAtOnce is how many questions are asked at a time: while one answer is read
	// Loki works on the next.
	tallyAtOnce = 3
	// Sessions are asked for together, as many as fill about a page, and no more than
	// fit into an address.
	firstGroup    = 8
	mostOfGroup   = 64
	maxGroupBytes = 4 << 10
)

// tally implements Source. What it costs Loki is, beside the answers, to open streams
// and to read chunks, which begin long before the time that is asked for. So it is
// asked for a few sessions over all the time, and not for all of them an hour at a time:
// each stream is opened once. Streams that do not tell their session are left for the
// end.
func (l loki) tally(ctx context.Context, q Query, all *tallies) error {
	from, to := l.span(q)
	lq := q.query()
	ids, err := l.sessionLabels(ctx, lq, q, from, to)
	if err != nil {
		return err
	}
	if strings.Contains(q.Project, "/") {
		lq = lq.Then(whole) // only the line has the path
	} else {
		lq = lq.Then(brief)
	}
	t := &lokiTally{loki: l, q: q, from: from, to: to, all: all, size: firstGroup}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var asking sync.WaitGroup
	for range tallyAtOnce {
		asking.Go(func() {
			for ctx.Err() == nil {
				group := t.take(&ids)
				if len(group) == 0 {
					return
				}
				if err := t.add(ctx, lq.LabelAmong(semconv.LabelSession, group...), window, len(group)); err != nil {
					cancel(err)
				}
			}
		})
	}
	asking.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := t.add(ctx, lq.LabelAmong(semconv.LabelSession, semconv.LabelOverflow, ""), firstWindow, 0); err != nil {
		return err
	}
	return l.whereabouts(ctx, q, all)
}

// sessionLabels returns the values of the label session, without those that are none.
func (l loki) sessionLabels(ctx context.Context, lq lokiquery.Query, q Query, from, to time.Time) (ids []string, err error) {
	if q.Session != "" {
		return []string{q.Session}, nil
	}
	seen := map[string]struct{}{}
	for from.Before(to) {
		end := later(from, to.Add(-window)) // the limit for this, too
		some, err := l.client.LabelValues(ctx, semconv.LabelSession, lq, end, to)
		if err != nil {
			return nil, err
		}
		for _, id := range some {
			if _, known := seen[id]; !known && id != "" && id != semconv.LabelOverflow {
				seen[id] = struct{}{}
				ids = append(ids, id)
			}
		}
		to = end
	}
	return ids, nil
}

// lokiTally is what the questions of a tally share.
type lokiTally struct {
	loki     loki
	q        Query
	from, to time.Time

	lock sync.Mutex
	all  *tallies
	size int // of the next group
}

// take returns the sessions to ask for next, and takes them away from ids.
func (t *lokiTally) take(ids *[]string) (group []string) {
	t.lock.Lock()
	defer t.lock.Unlock()
	bytes := 0
	for len(*ids) > 0 && len(group) < t.size && (bytes == 0 || bytes+len((*ids)[0]) < maxGroupBytes) {
		bytes += len((*ids)[0])
		group, *ids = append(group, (*ids)[0]), (*ids)[1:]
	}
	return group
}

// add counts what a query finds. of is how many sessions it asks for; it decides how
// many are asked for next.
func (t *lokiTally) add(ctx context.Context, lq lokiquery.Query, first time.Duration, of int) error {
	var bad error
	d := &decoder{}
	found := 0
	err := t.loki.pages(ctx, lq, t.from, t.to, first, false, lokiquery.MaxPage, func(entry lokiquery.Entry) bool {
		found++
		if entry, bad = unbrief(entry); bad != nil {
			return false
		}
		e := d.loki(entry)
		if entry.Line == "" {
			fill(&e.Project, entry.Labels[semconv.LabelProject])
		}
		if t.q.matches(&e) {
			t.lock.Lock()
			t.all.add(&e)
			t.lock.Unlock()
		}
		return true
	})
	if of > 0 {
		t.lock.Lock()
		t.size = min(max(of*lokiquery.MaxPage*4/5/max(found, 1), 1), 2*of, mostOfGroup)
		t.lock.Unlock()
	}
	return errors.Join(bad, err)
}

// maxWhereabouts is for how many sessions a record is asked for.
const maxWhereabouts = 100

// whereabouts asks for a record of the sessions of which there are none but such whose
// line was left out: it has the project's path, the user and the version.
func (l loki) whereabouts(ctx context.Context, q Query, all *tallies) error {
	asked := 0
	for id, t := range all.all {
		if t.session.ProjectPath != "" || t.session.Claude != "" || t.session.User != "" {
			continue
		}
		if asked++; asked > maxWhereabouts {
			return nil
		}
		one := q
		one.Session = id
		if err := l.walk(ctx, one.query(), one, true, 2, func(e *Event) bool {
			fill(&t.session.Project, e.Project)
			fill(&t.session.ProjectPath, e.ProjectPath)
			fill(&t.session.User, e.User)
			fill(&t.session.Claude, e.Claude)
			return false
		}); err != nil {
			return err
		}
	}
	return nil
}
