package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/agent-telemetry/agent-telemetry/internal/capture"
	"github.com/agent-telemetry/agent-telemetry/internal/eventjson"
	"github.com/agent-telemetry/agent-telemetry/internal/hookevent"
	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// What every session consists of: a prompt, an agent that calls another, tool calls of the
// session itself and of that agent, and an end. Each call is told twice, before and after,
// and has an id of its own. No session has so many that a rule would call it unusual.
var (
	opening = []string{"lifecycle/start-startup", "agents/prompt", "agents/outer-pre", "agents/start-a", "agents/inner-pre", "agents/start-b"}
	calls   = []string{
		"shell/test-pre", "shell/test-post",
		"files/edit-pre", "files/edit-post",
		"agents/read-by-b-pre", "agents/read-by-b-post",
	}
	closing = []string{"agents/stop-b", "agents/inner-post", "agents/stop-a", "agents/outer-post", "lifecycle/stop", "lifecycle/end"}
)

// rounds is how often the calls of a session are made.
const rounds = 20

// templateSession is the session of the templates; every connection has its own.
const templateSession = "bench-template-session"

// events are requests as claude-hook makes them, one event each.
type events struct {
	opening, calls, closing []template
}

// newEvents has the templates made as a hook makes events, one after the other.
func newEvents(ctx context.Context, project string) (e events, err error) {
	home, err := os.MkdirTemp("", "at-")
	if err != nil {
		return e, fmt.Errorf("make events: %w", err)
	}
	defer os.RemoveAll(home)
	capturer := capture.New(capture.Settings{Dir: statedir.Dir(home), PromptPreview: true})
	templates := func(names []string) (list []template, err error) {
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
	if e.opening, err = templates(opening); err != nil {
		return e, err
	}
	if e.calls, err = templates(calls); err != nil {
		return e, err
	}
	e.closing, err = templates(closing)
	return e, err
}

// append makes the request of the event with the number n, from 0 on, of a connection,
// which has one session after the other.
func (e events) append(dst []byte, connection string, n int) []byte {
	length := len(e.opening) + rounds*len(e.calls) + len(e.closing)
	seq := n%length + 1
	t, call := e.at(seq)
	id := uuid.Must(uuid.NewV7()).String()
	session := fmt.Sprintf("%s-%d", connection, n/length)
	// Of the connection's number, the session's and the call's: no other call of the collector has it.
	toolUse := fmt.Sprintf("toolu_%s%06d%06d", connection[len(connection)-2:], n/length, call)
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
			dst = append(dst, toolUse...)
		case fieldPrompt: // one for all of a session
			dst = append(dst, uuid.UUID(hookevent.TraceID(session)).String()...)
		case fieldTrace:
			trace := hookevent.TraceID(session)
			dst = hex.AppendEncode(dst, trace[:])
		case fieldSpan:
			span := hookevent.SpanID(toolUse)
			dst = hex.AppendEncode(dst, span[:])
		}
	}
	return append(dst, t.parts[len(t.fields)]...)
}

// at is what the event of a session with the number seq, from 1 on, is made of, and which
// of its calls it is of.
func (e events) at(seq int) (t *template, call int) {
	n := seq - 1
	if n < len(e.opening) {
		return &e.opening[n], opened[opening[n]]
	}
	if n -= len(e.opening); n < rounds*len(e.calls) {
		return &e.calls[n%len(e.calls)], len(opened) + 1 + n/2
	}
	n -= rounds * len(e.calls)
	return &e.closing[n], opened[closing[n]]
}

// opened are the calls of agents, which end much later.
var opened = map[string]int{"agents/outer-pre": 1, "agents/outer-post": 1, "agents/inner-pre": 2, "agents/inner-post": 2}

// bytes is the mean length of the requests for calls.
func (e events) bytes() int {
	total := 0
	for _, t := range e.calls {
		total += t.bytes
	}
	return total / len(e.calls)
}
