package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/spool"
)

// DefaultTimeout is how long the collector may take before an event goes to the
// spool: Claude waits for it.
const DefaultTimeout = 100 * time.Millisecond

// ContentTypeJSON is the media type of an OTLP/HTTP JSON request.
const ContentTypeJSON = "application/json"

// Courier delivers one event at a time: to the collector, or to the spool when
// the collector does not acknowledge in time.
type Courier struct {
	Target Target
	// SpoolDir is where events go that the collector does not take.
	SpoolDir string
	// Timeout bounds the talk with the collector; 0 means DefaultTimeout.
	Timeout time.Duration
}

// Outcome tells where an event went.
type Outcome int

// Outcomes of Deliver.
const (
	Lost         Outcome = iota // neither the collector nor the spool took it
	Acknowledged                // the collector has it safe
	Spooled                     // it is on the disk, and the collector will fetch it
)

// LostMark is in the text of the error that comes with Lost.
const LostMark = " is lost"

// Deliver hands over one event's request. The error says why the collector did
// not take it, or, with Lost, also why the spool did not.
func (c Courier) Deliver(ctx context.Context, id string, body []byte) (Outcome, error) {
	timeout := c.Timeout
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	posting, cancel := context.WithTimeout(ctx, timeout)
	err := Post(posting, c.Target, ContentTypeJSON, body)
	cancel()
	if err == nil {
		return Acknowledged, nil
	}
	return c.Keep(id, body, err)
}

// Keep puts an event's request into the spool, because of cause. The error is as
// that of Deliver.
func (c Courier) Keep(id string, body []byte, cause error) (Outcome, error) {
	if spoolErr := spool.Write(c.SpoolDir, id, body, spool.Bounds{}); spoolErr != nil {
		return Lost, fmt.Errorf("event %s%s: %w", id, LostMark, errors.Join(cause, spoolErr))
	}
	return Spooled, cause
}
