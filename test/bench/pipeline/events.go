package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/agent-telemetry/agent-telemetry/internal/capture"
	"github.com/agent-telemetry/agent-telemetry/internal/eventjson"
	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// templateSession is the session of the templates; every connection has its own.
const templateSession = "bench-template-session"

// events are requests as claude-hook makes them, one event each: alternately a
// PostToolUse of Edit and a PreToolUse of Bash.
type events []template

// template is a request cut at what differs from one event to the next.
type template struct {
	parts  [][]byte // a text, a field, a text, …
	fields []field
	bytes  int
}

type field int

const (
	fieldID field = iota
	fieldSession
	fieldSeq
	fieldTime
)

func newEvents(ctx context.Context, project string) (events, error) {
	home, err := os.MkdirTemp("", "at-")
	if err != nil {
		return nil, fmt.Errorf("make events: %w", err)
	}
	defer os.RemoveAll(home)
	var list events
	for _, name := range []string{"files/edit-post", "shell/test-pre"} {
		dir := statedir.Dir(filepath.Join(home, filepath.Base(name)))
		r, err := capture.New(capture.Settings{Dir: dir, PromptPreview: true}).Capture(ctx, capture.Input{
			Payload: hookfixtures.Named(name).PayloadIn(project, templateSession), Transport: semconv.TransportCommand,
			ProjectDir: project, InstallScope: semconv.InstallScopeProject, Received: time.Now(),
		})
		if err != nil {
			return nil, fmt.Errorf("make events: %w", err)
		}
		t, err := cut(eventjson.Request(r.Event))
		if err != nil {
			return nil, fmt.Errorf("make events: %s: %w", name, err)
		}
		list = append(list, t)
	}
	return list, nil
}

// cut finds the fields of a request.
func cut(request []byte) (template, error) {
	t := template{bytes: len(request)}
	_, id, _ := bytes.Cut(request, []byte(`"`+semconv.EventID+`","value":{"stringValue":"`))
	_, nanos, _ := bytes.Cut(request, []byte(`"timeUnixNano":"`))
	id, _, _ = bytes.Cut(id, []byte(`"`))
	nanos, _, _ = bytes.Cut(nanos, []byte(`"`))
	if len(id) == 0 || len(nanos) == 0 {
		return t, fmt.Errorf("no event id or time in %s", request)
	}
	seq := []byte(`seq","value":{"intValue":"`)
	marks := []struct {
		field field
		text  []byte
	}{{fieldID, id}, {fieldTime, nanos}, {fieldSession, []byte(templateSession)}, {fieldSeq, append(seq, "1"...)}}
	for rest := request; ; {
		first, at := -1, len(rest)
		for i, m := range marks {
			if found := bytes.Index(rest, m.text); found >= 0 && found < at {
				first, at = i, found
			}
		}
		if first < 0 {
			t.parts = append(t.parts, rest)
			return t, nil
		}
		end := at
		if marks[first].field == fieldSeq {
			end += len(seq)
		}
		t.parts, t.fields = append(t.parts, rest[:end]), append(t.fields, marks[first].field)
		rest = rest[at+len(marks[first].text):]
	}
}

// append makes the request of a session's event with the number seq.
func (e events) append(dst []byte, session string, seq int) []byte {
	t := e[seq%len(e)]
	id := uuid.Must(uuid.NewV7()).String()
	now := time.Now().UnixNano()
	for i, f := range t.fields {
		dst = append(dst, t.parts[i]...)
		switch f {
		case fieldID:
			dst = append(dst, id...)
		case fieldSession:
			dst = append(dst, session...)
		case fieldSeq:
			dst = strconv.AppendInt(dst, int64(seq), 10)
		case fieldTime:
			dst = strconv.AppendInt(dst, now, 10)
		}
	}
	return append(dst, t.parts[len(t.fields)]...)
}
