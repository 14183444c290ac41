package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

//go:embed typical-hook.sh
var script []byte

// Names of the ways, as the table and the result have them.
const (
	wayFloor   = "floor"
	wayHook    = "hook"
	wayBefore  = "before"
	wayEnforce = "enforce"
	wayHTTP    = "http"
	wayHTTPNew = "http, new connection"
	wayScript  = "script"
	wayDown    = "down"
	wayFsync   = "fsync"
)

// way is one thing that is measured.
type way struct {
	name, what string
	once       func(ctx context.Context, sample int) (time.Duration, error)
	took       []time.Duration
	skipped    string // why it is not measured
}

type bench struct {
	stack *harness.Stack
	ways  []*way
	null  *os.File
}

// newBench starts a stack, builds the floor and prepares every way.
func newBench(ctx context.Context) (_ *bench, err error) {
	s, err := harness.New()
	if err != nil {
		return nil, err
	}
	b := &bench{stack: s}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.close())
		}
	}()
	if b.null, err = os.OpenFile(os.DevNull, os.O_RDWR, 0); err != nil {
		return nil, fmt.Errorf("open null device: %w", err)
	}
	if err := writeEdited(s.Project); err != nil {
		return nil, err
	}
	if _, err := s.Up(ctx); err != nil {
		return nil, err
	}
	return b, b.prepare(ctx)
}

func (b *bench) prepare(ctx context.Context) error {
	s := b.stack
	floor := filepath.Join(s.Dir, "floor")
	// The flags with which make builds claude-hook.
	linked := filepath.Join(s.Dir, "floor.linked")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", linked, "./test/bench/floor")
	build.Dir, build.Env = s.Root, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build the floor: %w: %s", err, out)
	}
	// As make does with claude-hook: a file that was copied starts faster than
	// one that a linker wrote through a mapping.
	program, err := os.ReadFile(linked)
	if err != nil {
		return fmt.Errorf("copy the floor: %w", err)
	}
	if err := os.WriteFile(floor, program, 0o700); err != nil {
		return fmt.Errorf("copy the floor: %w", err)
	}
	downHome := statedir.Dir(filepath.Join(s.Dir, "d"))
	if err := downHome.Create(); err != nil {
		return err
	}
	scriptPath := filepath.Join(s.Dir, "typical-hook.sh")
	if err := os.WriteFile(scriptPath, script, 0o700); err != nil {
		return fmt.Errorf("write script: %w", err)
	}
	env := append(s.Environment(), "CLAUDECODE=1", "CLAUDE_PROJECT_DIR="+s.Project, "LOKI_URL="+s.LokiURL())
	hook := []string{s.Hook, "--scope", "project"}
	b.ways = []*way{
		{name: wayFloor, what: "a Go process that reads its input", once: b.process(wayFloor, env, floor)},
		{name: wayHook, what: "claude-hook, collector running", once: b.process(wayHook, env, hook...)},
		{name: wayBefore, what: "claude-hook, PreToolUse only", once: b.process(wayBefore, env, hook...)},
		{name: wayEnforce, what: "claude-hook --enforce=closed, PreToolUse only", once: b.process(wayEnforce, env, append(hook[:3:3], "--enforce=closed")...)},
		{name: wayHTTP, what: "HTTP hook, kept connection", once: b.http(true)},
		{name: wayHTTPNew, what: "HTTP hook, a new connection each", once: b.http(false)},
		{name: wayScript, what: "bash, jq and curl to Loki", once: b.process(wayScript, env, scriptPath), skipped: missingTools()},
		{name: wayDown, what: "claude-hook, no collector: spool", once: b.process(wayDown, env, append(hook[:3:3], "--home", string(downHome))...)},
		{name: wayFsync, what: "2 KB written and fsynced", once: rawFsync(downHome.Spool())},
	}
	return nil
}

// keep leaves out every way that is not in the comma separated list; an empty
// list keeps all.
func (b *bench) keep(list string) error {
	if list == "" {
		return nil
	}
	wanted := strings.Split(list, ",")
	for _, name := range wanted {
		if !slices.ContainsFunc(b.ways, func(w *way) bool { return w.name == name }) {
			return fmt.Errorf("--only: there is no way %q", name)
		}
	}
	for _, w := range b.ways {
		if !slices.Contains(wanted, w.name) {
			w.skipped = "left out by --only"
		}
	}
	return nil
}

func missingTools() string {
	var missing []string
	for _, tool := range []string{"bash", "jq", "curl", "sha256sum"} {
		if _, err := exec.LookPath(tool); err != nil {
			missing = append(missing, tool)
		}
	}
	if len(missing) == 0 {
		return ""
	}
	return "not on this machine: " + strings.Join(missing, ", ")
}

// warmUp rounds are run before the samples count; pause lets what a sample sets
// off in the background end before the next.
const (
	warmUp = 15
	pause  = 3 * time.Millisecond
)

// measure runs the rounds. Each way has its own position in a round, moved by
// one every time: none always follows the same other.
func (b *bench) measure(ctx context.Context, samples int) error {
	for round := range warmUp + samples {
		for i := range b.ways {
			w := b.ways[(i+round)%len(b.ways)]
			if w.skipped != "" {
				continue
			}
			took, err := w.once(ctx, round)
			if err != nil {
				return fmt.Errorf("%s, round %d: %w", w.name, round, err)
			}
			if round >= warmUp {
				w.took = append(w.took, took)
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(pause):
			}
		}
	}
	return b.verify(ctx, warmUp+samples)
}

// verify makes sure that what was measured did its work.
func (b *bench) verify(ctx context.Context, rounds int) error {
	deadline := time.Now().Add(30 * time.Second)
	for _, w := range []string{wayHook, wayBefore, wayEnforce, wayHTTP, wayHTTPNew} {
		if b.skips(w) {
			continue
		}
		query := `{service="claude-telemetry", event!="security_alert"} | session_id="` + sessionOf(w) + `"`
		for {
			found, err := b.stack.Query(ctx, query)
			if err == nil && len(found) == rounds {
				break
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("%s: %d of %d events are in Loki: %w", w, len(found), rounds, err)
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	if b.skips(wayDown) {
		return nil
	}
	files, err := os.ReadDir(filepath.Join(b.stack.Dir, "d", "spool"))
	if err == nil && len(files) != rounds {
		err = fmt.Errorf("%d of %d events are in the spool", len(files), rounds)
	}
	return err
}

func (b *bench) skips(name string) bool {
	return slices.ContainsFunc(b.ways, func(w *way) bool { return w.name == name && w.skipped != "" })
}

func (b *bench) close() error {
	var err error
	if b.null != nil {
		err = b.null.Close()
	}
	return errors.Join(err, b.stack.Close())
}
