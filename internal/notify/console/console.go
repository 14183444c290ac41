// Package console writes notifications to the standard error of the collector, a
// line each.
package console

import (
	"context"
	"fmt"
	"io"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
)

const batch = 100

type notifier struct{ to io.Writer }

// New returns a notifier that writes lines to a stream, which it does not close.
func New(to io.Writer) notify.Notifier { return &notifier{to: to} }

func (c *notifier) Notify(ctx context.Context, list ...*notify.Notification) (told int, retry bool, err error) {
	for i, n := range list {
		if err := ctx.Err(); err != nil {
			return i, true, err
		}
		if _, err := io.WriteString(c.to, "SECURITY ALERT "+n.OneLine()+"\n"); err != nil {
			return i, true, fmt.Errorf("write to the console: %w", err)
		}
	}
	return len(list), false, nil
}

func (c *notifier) Batch() int { return batch }

func (c *notifier) Close() error { return nil }
