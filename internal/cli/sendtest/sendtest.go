// Package sendtest is the command that sends a test event the whole way.
package sendtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
)

type found struct {
	Millis float64           `json:"ms"` // from the hook's start
	Seq    *uint64           `json:"seq,omitempty"`
	File   string            `json:"file,omitempty"` // segment of the audit log
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
side is null or {ms, labels or seq and file, line}.`,
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
		return fmt.Errorf("find the state directory: %w", err)
	}
	config, err := stack.Current(home, nil)
	if err != nil {
		return fmt.Errorf("read the stack's settings: %w", err)
	}
	client, err := lokiquery.FromEnv(config.LokiAddress())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	s := &search{home: home, client: client, result: result{SessionID: "agent-telemetry-test-" + rand.Text()}}
	if err := s.send(ctx); err != nil {
		return err
	}
	s.wait(ctx, func(text string) {
		if f.IO.OutTTY && !asJSON {
			_, _ = fmt.Fprint(f.IO.Err, text) // progress only
		}
	})
	if asJSON {
		err = json.NewEncoder(f.IO.Out).Encode(s.result)
	} else {
		_, err = f.IO.Out.Write(s.text())
	}
	if err != nil {
		return fmt.Errorf("print the result: %w", err)
	}
	return s.verdict(timeout, allow)
}

func (s *search) verdict(timeout time.Duration, allow bool) error {
	switch {
	case s.Audit == nil:
		return &cliio.ExitError{Code: 1, Err: fmt.Errorf("the event of session %s was not found in the audit log within %s (in Loki: %t)%s: run `agent-telemetry doctor`",
			s.SessionID, timeout, s.Loki != nil, because(s.auditErr))}
	case s.Loki == nil && !allow:
		return &cliio.ExitError{Code: 4, Err: fmt.Errorf("the event is in the audit log but was not found in Loki within %s%s: run `agent-telemetry doctor`",
			timeout, because(s.lokiErr))}
	}
	return nil
}

func because(err error) string {
	if err == nil || errors.Is(err, context.DeadlineExceeded) {
		return ""
	}
	return " (" + termtext.Clean(err.Error()) + ")"
}

// text is the result for a person.
func (s *search) text() []byte {
	var b bytes.Buffer
	if s.EventID != "" {
		fmt.Fprintf(&b, "Event %s of session %s\n", termtext.Clean(s.EventID), s.SessionID)
	}
	if s.Loki != nil {
		fmt.Fprintf(&b, "\nIn Loki after %.0f ms:\n  %s\n  %s\n", s.Loki.Millis, selector(s.Loki.Labels), termtext.Clean(s.Loki.Line))
	}
	if s.Audit != nil {
		fmt.Fprintf(&b, "\nIn the audit log after %.0f ms: %s, seq %d:\n  %s\n", s.Audit.Millis, s.Audit.File, *s.Audit.Seq, termtext.Clean(s.Audit.Line))
	}
	return b.Bytes()
}

// selector writes labels as LogQL has them.
func selector(labels map[string]string) string {
	parts := make([]string, 0, len(labels))
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		parts = append(parts, termtext.Clean(name)+"="+lokiquery.Quote(termtext.Clean(labels[name])))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
