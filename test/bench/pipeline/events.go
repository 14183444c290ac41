package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/agent-telemetry/agent-telemetry/internal/capture"
	"github.com/agent-telemetry/agent-telemetry/internal/eventjson"
	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// What every session consists of: a prompt, an agent that calls another, and then tool
// calls of the session itself and of that agent, over and over. Each call is told twice,
// before and after, and has an id of its own.
var (
	opening = []string{"agents/prompt", "agents/outer-pre", "agents/start-a", "agents/inner-pre", "agents/start-b"}
	calls   = []string{
		"shell/test-pre", "shell/test-post",
		"files/edit-pre", "files/edit-post",
		"agents/read-by-b-pre", "agents/read-by-b-post",
	}
)

// templateSession is the session of the templates; every connection has its own.
const templateSession = "bench-template-session"

// events are requests as claude-hook makes them, one event each.
type events struct {
	opening, calls []template
}

// newEvents has the templates made as a hook makes events, one after the other.
func newEvents(ctx context.Context, project string) (e events, err error) {
	home, err := os.MkdirTemp("", "at-")
	if err != nil {
		return e, fmt.Errorf("make events: %w", err)
	}
	defer os.RemoveAll(home)
	capturer := capture.New(capture.Settings{Dir: statedir.Dir(home), PromptPreview: true})
	make := func(names []string) (list []template, err error) {
		for _, name := range names {
			fixture := hookfixtures.Named(name)
			r, err := capturer.Capture(ctx, capture.Input{
				Payload: fixture.PayloadIn(project, templateSession), Transport: semconv.TransportCommand,
				ProjectDir: project, InstallScope: semconv.InstallScopeProject, Received: time.Now(),
			})
			if err != nil {
				return nil, fmt.Errorf("make events: %s: %w", name, err)
			}
			t, err := cut(eventjson.Request(r.Event))
			if err != nil {
				return nil, fmt.Errorf("make events: %s: %w", name, err)
			}
			list = append(list, t)
		}
		return list, nil
	}
	if e.opening, err = make(opening); err != nil {
		return e, err
	}
	e.calls, err = make(calls)
	return e, err
}

// append makes the request of a session's event with the number seq, from 1 on.
func (e events) append(dst []byte, session string, seq int) []byte {
	t, call := e.at(seq)
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
		case fieldCall:
			dst = fmt.Appendf(dst, "toolu_01%022d", call)
		}
	}
	return append(dst, t.parts[len(t.fields)]...)
}

// at is what the event with the number seq is made of, and which call of the session it
// is of.
func (e events) at(seq int) (t *template, call int) {
	if seq <= len(e.opening) {
		return &e.opening[seq-1], seq
	}
	n := seq - 1 - len(e.opening)
	return &e.calls[n%len(e.calls)], len(e.opening) + 1 + n/2
}

// bytes is the mean length of the requests for calls.
func (e events) bytes() int {
	total := 0
	for _, t := range e.calls {
		total += t.bytes
	}
	return total / len(e.calls)
}
