package alerts

import (
	"context"
	"errors"
	"fmt"
	"os/user"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/delivery"
)

// AckOptions are the settings of alerts ack.
type AckOptions struct {
	Factory    *cliio.Factory
	IDs        []string
	By, Reason string
	Since      string
	Source     string
	JSON       bool
	Now        func() time.Time
	// InAgent says whether the command runs in a shell of Claude Code.
	InAgent func(context.Context) bool

	filter filter
}

// AckResult is what alerts ack prints for an alert with --json.
type AckResult struct {
	AlertID string `json:"alert_id"`
	ID      string `json:"id"`    // of the acknowledgement's record
	State   string `json:"state"` // see the State constants
}

// States of an acknowledgement.
const (
	AckRecorded = "recorded" // it is in the audit log
	AckSpooled  = "spooled"  // it is on disk, and the collector takes it when it runs
)

// Bounds of an acknowledgement.
const (
	maxByBytes     = 128
	maxReasonBytes = 1024
	maxAckIDs      = 1000
	ackTimeout     = 5 * time.Second
)

func newAck(f *cliio.Factory, now func() time.Time, inAgent func(context.Context) bool) *cobra.Command {
	o := &AckOptions{Factory: f, Now: now, InAgent: inAgent}
	cmd := &cobra.Command{
		Use:   "ack ID...",
		Short: "Record that alerts were looked at",
		Long: `Records that somebody has looked at alerts. The acknowledgement is a record of its
own, on its way to the audit log and Loki like every event, so it can neither be
changed nor removed unseen; nothing of the alert is changed. alerts show and alerts
stats tell who it was. The first one of a person counts, further ones are kept.

The start of an id is enough, from 6 characters on. When the collector does not
run, the acknowledgement waits in the spool.

What is made in a shell of Claude Code is marked as that: the alert stays open, and
there is an alert about it. An agent that hides where it runs can acknowledge all
the same, as the same user; the command with which it does is an event itself. --by
is what you call yourself, and proves nothing.

--json prints an object for each alert: alert_id, id (of the acknowledgement's
record), state (recorded or spooled).`,
		Example: `  $ agent-telemetry alerts ack 5f2b9c1e --reason "the deploy script, as planned"
  $ agent-telemetry alerts show --rule opaque_command --open --json | jq -r .id |
      xargs agent-telemetry alerts ack --by ana --reason "looked through"`,
		Args: cobra.RangeArgs(1, maxAckIDs),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.IDs = args
			return runAck(cmd.Context(), o)
		},
	}
	s := cmd.Flags()
	s.StringVar(&o.By, "by", "", "your `NAME` (default the name of the user)")
	s.StringVar(&o.Reason, "reason", "", "why it needs nobody any more: `TEXT`")
	s.StringVar(&o.Since, "since", lookBack, "how far to look for the alerts")
	s.BoolVar(&o.JSON, "json", false, "print JSON Lines")
	sourceFlag(cmd, &o.Source)
	return cmd
}

func (o *AckOptions) complete() error {
	errs := []error{o.filter.times(o.Since, "", o.Now()), checkSource(o.Source)}
	for _, id := range o.IDs {
		errs = append(errs, checkID(id))
	}
	if o.By == "" {
		if u, err := user.Current(); err == nil {
			o.By = u.Username
		}
	}
	errs = append(errs, plain("--by", o.By, maxByBytes), plain("--reason", o.Reason, maxReasonBytes))
	return errors.Join(errs...)
}

// plain refuses text that others would not be shown as it was typed.
func plain(flag, s string, most int) error {
	switch {
	case len(s) > most:
		return fmt.Errorf("%s: may have at most %d bytes", flag, most)
	case !utf8.ValidString(s) || termtext.Clean(s) != s:
		return fmt.Errorf("%s: must be one line of text without control characters", flag)
	}
	return nil
}

func runAck(ctx context.Context, o *AckOptions) error {
	if err := o.complete(); err != nil {
		return usage(err)
	}
	home, err := o.Factory.Home()
	if err != nil {
		return fmt.Errorf("find the state directory: %w", err)
	}
	s, err := open(ctx, o.Factory, o.Source)
	if err != nil {
		return err
	}
	all, err := o.alerts(ctx, s)
	if err != nil {
		return err
	}
	fromAgent := o.InAgent(ctx)
	courier := delivery.Courier{Target: delivery.Socket(home.Socket()), SpoolDir: home.Spool(), Timeout: ackTimeout}
	for i := range all {
		k, err := newAcknowledgement(&all[i], o.By, o.Reason, fromAgent, o.Now())
		if err != nil {
			return err
		}
		outcome, err := courier.Deliver(ctx, k.id, k.request())
		if outcome == delivery.Lost {
			return fmt.Errorf("acknowledge %s: %w", all[i].ID, err)
		}
		r := AckResult{AlertID: all[i].ID, ID: k.id, State: AckRecorded}
		if outcome == delivery.Spooled {
			r.State = AckSpooled
		}
		if err := o.print(&all[i], r, fromAgent, err); err != nil {
			return err
		}
	}
	return nil
}

// alerts finds all alerts that are meant, before anything is recorded.
func (o *AckOptions) alerts(ctx context.Context, s source) ([]Alert, error) {
	var all []Alert
	var errs []error
	seen := map[string]bool{}
	for _, id := range o.IDs {
		a, err := find(ctx, s, &o.filter, id)
		if err != nil {
			errs = append(errs, err)
			if !errors.Is(err, errUnknown) && !errors.Is(err, errSeveral) {
				break
			}
			continue
		}
		if !seen[a.ID] {
			seen[a.ID] = true
			all = append(all, a)
		}
	}
	return all, errors.Join(errs...)
}

func (o *AckOptions) print(a *Alert, r AckResult, fromAgent bool, spooled error) error {
	if o.JSON {
		return printJSON(o.Factory.IO.Out, r)
	}
	line := fmt.Sprintf("Acknowledged %s: %s, %s", short(a.ID, idWidth), termtext.Clean(a.Severity), termtext.Clean(or(a.Title, a.Rule)))
	if !a.open() {
		line += " (it was already, by " + termtext.Clean(or(a.Ack.By, "somebody")) + ")"
	}
	if fromAgent {
		line += "\n  It was made in a shell of Claude Code: the alert stays open, and an alert tells of it."
	}
	if r.State == AckSpooled {
		line += "\n  It waits in the spool until the collector runs: " + termtext.Clean(strings.TrimSpace(spooled.Error()))
	}
	return printText(o.Factory.IO.Out, line+"\n")
}
