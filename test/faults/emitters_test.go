package faults

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// way is how a session's hooks are called.
type way int

const (
	byCommand way = iota // claude-hook as a process: it keeps what nobody takes
	byHTTP               // Claude Code posts; what it gets no answer for, it forgets
)

// session emits its events one after the other, as Claude Code does.
type session struct {
	id    string
	way   way
	stack *harness.Stack
	url   string        // of HTTP hooks
	gate  *sync.RWMutex // may hold the sending up; nil: nothing does

	// told are the tool calls whose hook ended well, untold those that had no
	// answer: they may have been recorded or not.
	told, untold map[string]bool
}

// emit sends until n events have ended well, with about gap between them.
func (s *session) emit(ctx context.Context, n int, gap time.Duration, total *atomic.Int64, pick *rand.Rand) error {
	for i := 0; len(s.told) < n; i++ {
		pause := int(2 * gap.Milliseconds())
		if s.way == byHTTP {
			pause /= 3 // about two of three meet no collector
		}
		if !rest(ctx, pick, 0, pause) {
			return ctx.Err()
		}
		if err := s.once(ctx, fmt.Sprintf("toolu_%s_%06d", s.id, i), total, pick); err != nil {
			return err
		}
	}
	return nil
}

// once sends one event and notes what became of it.
func (s *session) once(ctx context.Context, call string, total *atomic.Int64, pick *rand.Rand) error {
	if s.gate != nil {
		s.gate.RLock()
		defer s.gate.RUnlock()
	}
	ok, err := s.send(ctx, call, pick)
	if err != nil {
		return err
	}
	if ok {
		s.told[call] = true
		total.Add(1)
	} else {
		s.untold[call] = true
	}
	return nil
}

func (s *session) send(ctx context.Context, call string, pick *rand.Rand) (bool, error) {
	payload, err := json.Marshal(map[string]any{
		"session_id": s.id, "cwd": s.stack.Project, "hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_use_id": call,
		"tool_input": map[string]any{"command": "go test ./... # " + call + strings.Repeat(" -run X", pick.IntN(200)), "description": "Runs the tests"},
	})
	if err != nil {
		return false, err
	}
	c := harness.Call{Payload: payload, ProjectDir: s.stack.Project}
	if s.way == byCommand {
		out, err := s.stack.Run(ctx, c)
		if err != nil {
			return false, err
		}
		if err := out.Silent(); err != nil {
			return false, err
		}
		// 100 ms for the collector, then the spool; the rest is a busy machine.
		if out.Took > 5*time.Second {
			return false, fmt.Errorf("the hook took %s", out.Took)
		}
		return true, nil
	}
	req, err := s.stack.Request(ctx, c) // with the token
	if err != nil {
		return false, nil //nolint:nilerr // no token yet: Claude Code could not have sent it
	}
	target, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, req.Body)
	if err != nil {
		return false, err
	}
	target.Header, target.ContentLength, target.Close = req.Header, req.ContentLength, true
	out, err := harness.Do(client, target)
	return err == nil && out.Status/100 == 2, nil
}

var client = &http.Client{Timeout: 10 * time.Second}

// emitAll runs all sessions at once and returns them when they have emitted n
// events together, which takes at least about as long as is said.
func emitAll(t *testing.T, s *harness.Stack, url string, n int, lasting time.Duration, c choices) []*session {
	t.Helper()
	var all []*session
	var total atomic.Int64
	var group sync.WaitGroup
	errs := make([]error, sessions)
	began := time.Now()
	for i := range sessions {
		one := &session{id: fmt.Sprintf("faults-%02d", i), way: way(i % 2), stack: s, url: url, told: map[string]bool{}, untold: map[string]bool{}}
		all = append(all, one)
		group.Go(func() {
			errs[i] = one.emit(t.Context(), n/sessions, lasting*sessions/time.Duration(n), &total, c.of(100+uint64(i)))
		})
	}
	done := make(chan struct{})
	go func() { group.Wait(); close(done) }()
	for tick := time.NewTicker(5 * time.Second); ; {
		select {
		case <-tick.C:
			say("%4.0f s: %d of %d events", time.Since(began).Seconds(), total.Load(), n)
			continue
		case <-done:
			tick.Stop()
		}
		break
	}
	for i, err := range errs {
		require.NoError(t, err, all[i].id)
	}
	say("%d events in %.0f s", total.Load(), time.Since(began).Seconds())
	return all
}
