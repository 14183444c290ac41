// Package sendtest is the command that sends a test event the whole way.
package sendtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
)

type found struct {
	Millis float64           `json:"ms"` // from the hook's start
	Seq    *uint64           `json:"seq,omitempty"`
	Labels map[string]string `json:"labels,omitempty"`
	Line   string            `json:"line"`
}

type result struct {
	SessionID string `json:"session_id"`
	EventID   string `json:"event_id"`
	Loki      *found `json:"loki"`
	Audit     *found `json:"audit"`
}

// New returns the command send-test.
func New(f *cliio.Factory) *cobra.Command {
	var timeout time.Duration
	var asJSON, allow bool
	cmd := &cobra.Command{
		Use: "send-test", Short: "Send a test event and wait until it is stored", Args: cobra.NoArgs,
		Long: `Runs claude-hook with a payload of its own, then waits for the event in Loki and
in the audit log.

Exit codes: 0 found in both, 1 not found, 4 only Loki lacks it (0 with
--allow-missing-loki). --json prints {session_id, event_id, loki, audit}; each
side is null or {ms, labels or seq, line}.`,
		Example: "  $ agent-telemetry send-test --timeout 30s",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return run(cmd.Context(), f, timeout, asJSON, allow)
		},
	}
	cmd.Flags().DurationVar(&timeout, "timeout", 15*time.Second, "how long to wait")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON")
	cmd.Flags().BoolVar(&allow, "allow-missing-loki", false, "succeed when only Loki lacks the event")
	return cmd
}

func run(ctx context.Context, f *cliio.Factory, timeout time.Duration, asJSON, allow bool) error {
	home, err := f.Home()
	if err != nil {
		return err
	}
	config, err := stack.Current(home, nil)
	if err != nil {
		return err
	}
	client, err := lokiquery.FromEnv(config.LokiAddress())
	if err != nil {
		return err
	}
	hook, ok := stack.FindHook()
	if !ok {
		return errors.New("claude-hook is not beside this program: run `make build`")
	}
	r := result{SessionID: "agent-telemetry-test-" + rand.Text()}
	payload, err := json.Marshal(map[string]any{"session_id": r.SessionID, "hook_event_name": "SessionStart", "source": "startup", "cwd": string(home)})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	start := time.Now()
	c := exec.CommandContext(ctx, hook, "--home", string(home), "--scope", semconv.InstallScopeUser)
	c.Stdin = bytes.NewReader(payload)
	if err := c.Run(); err != nil {
		return fmt.Errorf("run %s: %w", hook, err)
	}
	q := lokiquery.Query{}.Label(semconv.LabelService, semconv.ServiceNameValue).Metadata(semconv.MetadataSessionID, r.SessionID)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for (r.Loki == nil || r.Audit == nil) && ctx.Err() == nil {
		ms := func() float64 { return float64(time.Since(start).Microseconds()) / 1000 }
		if r.Audit == nil {
			es, _ := auditlog.Last(ctx, home.Audit(), 1, auditlog.Filter{Since: start.Add(-time.Minute), SessionID: r.SessionID, EventID: r.EventID})
			if len(es) == 1 {
				r.EventID = es[0].Attribute(semconv.EventID)
				r.Audit = &found{Millis: ms(), Seq: &es[0].Seq, Line: string(es[0].Line)}
			}
		}
		if r.Loki == nil {
			es, _ := client.QueryRange(ctx, q, start.Add(-time.Minute), time.Now().Add(time.Minute), 1, true)
			if len(es) == 1 && (r.EventID == "" || r.EventID == es[0].Metadata[semconv.MetadataEventID]) {
				r.EventID = es[0].Metadata[semconv.MetadataEventID]
				r.Loki = &found{Millis: ms(), Labels: es[0].Labels, Line: es[0].Line}
			}
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
	out := f.IO.Out
	if asJSON {
		err = json.NewEncoder(out).Encode(r)
	} else {
		if r.Loki != nil {
			fmt.Fprintf(out, "Loki, after %.0f ms: %q\n  %s\n", r.Loki.Millis, r.Loki.Labels, r.Loki.Line)
		}
		if r.Audit != nil {
			fmt.Fprintf(out, "Audit log, after %.0f ms, seq %d:\n  %s\n", r.Audit.Millis, *r.Audit.Seq, r.Audit.Line)
		}
	}
	switch {
	case err != nil:
		return err
	case r.Audit == nil:
		return &cliio.ExitError{Code: 1, Err: fmt.Errorf("the event %s was not found in the audit log within %s (in Loki: %t): run `agent-telemetry doctor`", r.SessionID, timeout, r.Loki != nil)}
	case r.Loki == nil && !allow:
		return &cliio.ExitError{Code: 4, Err: fmt.Errorf("the event is in the audit log but was not found in Loki within %s: run `agent-telemetry doctor`", timeout)}
	}
	return nil
}
