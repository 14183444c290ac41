package anchor

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/component"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

// Anchor is a place off the host that keeps checkpoints.
type Anchor interface {
	// Anchor hands a checkpoint over and returns when the place has it for good.
	// The receipt is what the place gave for it, nil when it gives nothing.
	// retry tells of a failure that may pass; without it the place refused this
	// checkpoint. Calls come one at a time, with checkpoints in order, but not
	// with each one.
	Anchor(ctx context.Context, c auditlog.Checkpoint) (receipt []byte, retry bool, err error)
	// Close gives up what the anchor holds, such as connections.
	Close() error
}

// Settings is what a component gives its anchors.
type Settings struct {
	Dir       string // of the audit log
	Host      component.Host
	Telemetry component.TelemetrySettings
	UserAgent string
}

// Delayer is an error of Anchor.Anchor that says when to try again at the
// earliest.
type Delayer interface {
	error
	RetryAfter() time.Duration // 0 when it does not say
}

// Observer is told what becomes of checkpoints; for metrics and logs. Its
// methods are called from several goroutines and must not block.
type Observer interface {
	// Anchored tells that a place has a checkpoint. took is how long that lasted.
	Anchored(name string, c auditlog.Checkpoint, took time.Duration)
	// Failed tells of one failed attempt.
	Failed(name string, retry bool, err error)
	// Changed tells, once each, that an anchor began to fail (err, and retry as
	// from Anchor) or works again (nil).
	Changed(name string, retry bool, err error)
	// ReceiptLost tells that a receipt could not be written. The place has the
	// checkpoint all the same.
	ReceiptLost(name string, err error)
}
