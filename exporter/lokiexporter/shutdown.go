package lokiexporter

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/collector/exporter"
)

// shutdownGrace is how long a push on its way may hold a shutdown up. What is
// given up then stays in a queue that has storage.
const shutdownGrace = 5 * time.Second

// stopper bounds the time of a shutdown, and lets Shutdown be called twice,
// which the retry of exporterhelper answers with a panic.
type stopper struct {
	exporter.Logs
	exporter *lokiExporter
	once     sync.Once
	err      error
}

// Shutdown stops the exporter at its first call.
func (s *stopper) Shutdown(ctx context.Context) error {
	s.once.Do(func() {
		timer := time.AfterFunc(s.exporter.grace, s.exporter.abort)
		defer timer.Stop()
		s.err = s.Logs.Shutdown(ctx)
	})
	return s.err
}
