package claudehookreceiver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/receiverhelper"
	"go.opentelemetry.io/otel/attribute"
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/capture"
	"github.com/agent-telemetry/agent-telemetry/internal/hostinfo"
	"github.com/agent-telemetry/agent-telemetry/internal/sessionstate"
	"github.com/agent-telemetry/agent-telemetry/receiver/claudehookreceiver/internal/metadata"
)

// hookReceiver takes hook events in.
type hookReceiver struct {
	config      *Config
	settings    receiver.Settings
	next        consumer.Logs
	telemetry   *metadata.TelemetryBuilder
	obsreport   map[string]*receiverhelper.ObsReport // by transport
	capturer    *capture.Capturer
	resource    []attribute.KeyValue
	dedupe      *dedupe
	verdicts    verdicts
	places      places
	started     time.Time
	token       *token
	counts      counts
	enforcement enforcementCounts
	stuck       sync.Once // tells once of rejected files that cannot be moved

	servers  []*http.Server
	cancel   context.CancelFunc // ends the draining
	aborted  context.Context    // done when the pipeline is not waited for any longer
	abort    context.CancelFunc
	wg       sync.WaitGroup
	handlers gate           // requests
	late     sync.WaitGroup // deliveries of HTTP hooks, some of which nobody waits for
	stopping sync.Once
}

// counts are what /v1/status tells.
type counts struct {
	accepted, duplicates, refused atomic.Int64
	last                          atomic.Pointer[lastEvent]
	spoolTaken                    atomic.Int64 // files that left the spool
	spool                         atomic.Pointer[spoolSize]
}

func newReceiver(set receiver.Settings, cfg *Config, next consumer.Logs) (*hookReceiver, error) {
	telemetry, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, fmt.Errorf("make the receiver's metrics: %w", err)
	}
	aborted, abort := context.WithCancel(context.Background())
	r := &hookReceiver{
		aborted:   aborted,
		abort:     abort,
		config:    cfg,
		settings:  set,
		next:      next,
		telemetry: telemetry,
		obsreport: map[string]*receiverhelper.ObsReport{},
		capturer:  capture.New(capture.Settings{Dir: cfg.stateDir(), PromptPreview: cfg.PromptPreview}),
		resource:  hostinfo.Resource(),
		dedupe:    newDedupe(cfg.Limits.RememberedEvents),
		places:    newPlaces(cfg.Limits.MaxConcurrentRequests),
	}
	for _, transport := range []string{transportUnix, transportTCP, transportSpool} {
		r.obsreport[transport], err = receiverhelper.NewObsReport(receiverhelper.ObsReportSettings{
			ReceiverID: set.ID, Transport: transport, ReceiverCreateSettings: set,
		})
		if err != nil {
			return nil, fmt.Errorf("make the receiver's reports: %w", err)
		}
	}
	return r, nil
}

// Start listens and begins to empty the spool.
func (r *hookReceiver) Start(starting context.Context, host component.Host) error {
	r.started = time.Now()
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	unix, err := listenUnix(starting, r.config.socket(), r.config.Socket == "")
	if err != nil {
		return err
	}
	r.serve(host, unix, r.unixHandler())
	if tcp := r.config.TCP.Get(); tcp != nil {
		if err := r.startTCP(starting, host, tcp); err != nil {
			return errors.Join(err, r.Shutdown(ctx))
		}
	}
	r.wg.Go(func() { r.drain(ctx) })
	r.wg.Go(func() { r.pruneStates(ctx) })
	return nil
}

// How long a session's state is kept after its last event, and how many files
// are looked at.
const (
	stateAge   = 30 * 24 * time.Hour
	stateMost  = 100_000
	pruneEvery = time.Hour
)

// pruneStates removes the states of old sessions now and every hour.
func (r *hookReceiver) pruneStates(ctx context.Context) {
	for {
		if _, err := sessionstate.Prune(r.config.stateDir().Sessions(), stateAge, stateMost); err != nil {
			r.settings.Logger.Warn("Old session states cannot be removed", zap.Error(err))
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pruneEvery):
		}
	}
}

func (r *hookReceiver) startTCP(ctx context.Context, host component.Host, cfg *TCPConfig) error {
	var err error
	if r.token, err = newToken(cfg, r.config.stateDir()); err != nil {
		return fmt.Errorf("tcp: %w", err)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.Endpoint)
	if err != nil {
		return fmt.Errorf("tcp.endpoint: listen: %w: another program has the port; stop it or choose another endpoint", err)
	}
	r.serve(host, l, r.tcpHandler())
	return nil
}

// Bounds of a connection. The timeout for reading a body comes from the limits.
const (
	readHeaderTimeout = 5 * time.Second
	idleTimeout       = 2 * time.Minute
	maxHeaderBytes    = 32 << 10
)

func (r *hookReceiver) serve(host component.Host, l net.Listener, h http.Handler) {
	server := &http.Server{
		Handler:           r.counted(h),
		BaseContext:       func(net.Listener) context.Context { return r.aborted },
		ConnState:         newConnections(maxConnections).changed,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       r.config.Limits.RequestTimeout + readHeaderTimeout,
		WriteTimeout:      2*r.config.Limits.RequestTimeout + readHeaderTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          zap.NewStdLog(zap.NewNop()), // what a client does wrong is counted, not logged
	}
	r.servers = append(r.servers, server)
	r.wg.Go(func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			componentstatus.ReportStatus(host, componentstatus.NewFatalErrorEvent(fmt.Errorf("serve hooks: %w", err)))
		}
	})
}

// counted holds the shutdown up until the request is done.
func (r *hookReceiver) counted(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if !r.handlers.enter() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		defer r.handlers.leave()
		h.ServeHTTP(w, req)
	})
}

// shutdownGrace is how long requests may take to end.
const shutdownGrace = 4 * time.Second

// Shutdown stops listening, lets requests end, and stops emptying the spool. It
// may be called again, and without Start.
func (r *hookReceiver) Shutdown(ctx context.Context) error {
	var errs []error
	r.stopping.Do(func() {
		if r.cancel != nil {
			r.cancel()
		}
		defer r.abort()
		ctx, cancel := context.WithTimeout(ctx, shutdownGrace)
		defer cancel()
		// A pipeline that takes nothing must not hold the shutdown up: what it
		// does not acknowledge is in the spool, or still with its sender.
		defer context.AfterFunc(ctx, r.abort)()
		for _, s := range r.servers {
			if err := s.Shutdown(ctx); err != nil {
				errs = append(errs, fmt.Errorf("end requests: %w", err), s.Close())
			}
		}
		r.handlers.close()
		r.wg.Wait()
		r.late.Wait()
		r.telemetry.Shutdown()
	})
	return errors.Join(errs...)
}

// Values of attributes.
const (
	transportUnix  = "unix"
	transportTCP   = "tcp"
	transportSpool = "spool"
	format         = "claude_hook"
)
