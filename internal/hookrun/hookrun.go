// Package hookrun is what claude-hook does with one hook call. It is a pure
// observer: whatever happens, it prints nothing and the caller exits 0. Only where
// it is told to enforce verdicts does it print one, see Options.Enforce.
package hookrun

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime/debug"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/capture"
	"github.com/agent-telemetry/agent-telemetry/internal/delivery"
	"github.com/agent-telemetry/agent-telemetry/internal/enforcement"
	"github.com/agent-telemetry/agent-telemetry/internal/eventjson"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/spool"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// Options are the hook's flags and what it takes from its environment.
type Options struct {
	Stdin      io.Reader
	Home       string // flag --home; "" means the default state directory
	Scope      string // flag --scope: project, user or managed
	Endpoint   string // flag --endpoint; "" means the collector's unix socket
	Timeout    time.Duration
	NoPreview  bool
	ProjectDir string                 // CLAUDE_PROJECT_DIR
	WorkingDir func() (string, error) // asked where the payload names no directory
	Now        func() time.Time

	// Enforce makes the hook ask for a verdict on a tool call that is about to be
	// made, and print it to Stdout as Claude Code reads it.
	Enforce enforcement.Mode
	// EnforceTimeout is how long the verdict may take, from when the payload has
	// been read; see enforcement.Bound.
	EnforceTimeout time.Duration
	Stdout         io.Writer

	conclusion conclusion

	// Payload is set as soon as the payload has been read.
	Payload atomic.Pointer[[]byte]
}

// Run records one hook call. The error is for the hook's own log.
func Run(ctx context.Context, o *Options) error {
	// Whatever goes wrong from here on, a panic included.
	defer o.Unanswered()
	dir, err := statedir.Resolve(o.Home)
	if err != nil {
		return err
	}
	payload, total, sum, err := readPayload(o.Stdin)
	o.Payload.Store(&payload)
	verdictBy := o.verdictBy()
	if len(payload) > largePayload {
		debug.SetGCPercent(-1)
		debug.SetMemoryLimit(maxMemory)
	}
	capturer := capture.New(capture.Settings{Dir: dir, PromptPreview: !o.NoPreview})
	result, captureErr := capturer.Capture(ctx, capture.Input{
		Payload:       payload,
		PayloadBytes:  total,
		PayloadSHA256: sum,
		ReadError:     err,
		Transport:     semconv.TransportCommand,
		ProjectDir:    o.ProjectDir,
		WorkingDir:    o.WorkingDir,
		InstallScope:  o.Scope,
		Received:      o.Now(),
	})
	if !result.Watched {
		o.silent()
		return captureErr
	}
	target := delivery.Socket(dir.Socket())
	if o.Endpoint != "" {
		if target, err = delivery.Endpoint(o.Endpoint); err != nil {
			// The event is still worth keeping: an address that leads nowhere
			// sends it to the spool.
			captureErr = errors.Join(captureErr, err)
		}
	}
	courier := delivery.Courier{Target: target, SpoolDir: dir.Spool(), Timeout: o.Timeout}
	if o.enforces(result.Event) {
		return errors.Join(captureErr, o.deliverAsking(ctx, courier, result.Event, verdictBy))
	}
	o.silent()
	outcome, err := courier.Deliver(ctx, result.Event.ID, eventjson.Request(result.Event))
	if outcome == delivery.Acknowledged || outcome == delivery.Spooled && notRunning(err) {
		return captureErr
	}
	return errors.Join(captureErr, err)
}

// notRunning recognises a collector that is simply not there: that is no fault
// of each event, and the spool's depth tells it.
func notRunning(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED)
}

// ErrTime says that the hook had to end before it was done.
var ErrTime = errors.New("the hook ran out of time")

// Emergency records that the hook was called and could not do its work in time:
// with what has been read of the payload, straight into the spool.
func Emergency(o *Options) error {
	dir, err := statedir.Resolve(o.Home)
	if err != nil {
		return err
	}
	in := capture.Input{Transport: semconv.TransportCommand, ProjectDir: o.ProjectDir, InstallScope: o.Scope, Received: o.Now()}
	if payload := o.Payload.Load(); payload != nil {
		in.Payload = *payload
	}
	result, err := capture.New(capture.Settings{Dir: dir}).Undecodable(in, ErrTime)
	if err != nil || !result.Watched {
		return err
	}
	if o.enforces(result.Event) {
		verdict := o.Enforce.Without(semconv.ReasonNoAnswer)
		o.conclude(verdict)
		annotate(&result.Event, verdict)
	} else {
		o.silent()
	}
	return errors.Join(ErrTime, spool.Write(dir.Spool(), result.Event.ID, eventjson.Request(result.Event), spool.Bounds{}))
}

// A process of milliseconds does better without the garbage collector, which
// starts to work at 4 MiB of heap. A usual payload does not get there, and to turn
// it off stops all threads; with a large one it stays off up to maxMemory.
const (
	largePayload = 256 << 10
	maxMemory    = 256 << 20
)

// maxDrain bounds what is read of a payload that is too large to decode: its
// size and hash are still recorded up to here.
const maxDrain = 256 << 20

// usualPayload is longer than most payloads are: one call reads them.
const usualPayload = 8 << 10

// readPayload reads all of r, as Claude Code expects of a hook, but keeps no
// more than can be decoded. total and sum are set when the payload is larger.
func readPayload(r io.Reader) (payload []byte, total int64, sum string, err error) {
	var read bytes.Buffer
	read.Grow(usualPayload)
	_, err = read.ReadFrom(io.LimitReader(r, capture.MaxPayloadBytes+1))
	payload = read.Bytes()
	if err != nil || len(payload) <= capture.MaxPayloadBytes {
		return payload, 0, "", err
	}
	h := sha256.New()
	h.Write(payload)
	rest, err := io.Copy(h, io.LimitReader(r, maxDrain))
	total = int64(len(payload)) + rest
	if err == nil && rest == maxDrain {
		err = fmt.Errorf("payload has %d bytes or more, its hash is of these", total)
	}
	return payload, total, hex.EncodeToString(h.Sum(nil)), err
}
