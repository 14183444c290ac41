package lokiexporter

import (
	"context"
	"sync"

	"go.opentelemetry.io/collector/exporter"
)

// onceShutdown lets Shutdown be called twice, which the retry of exporterhelper
// answers with a panic.
type onceShutdown struct {
	exporter.Logs
	once sync.Once
	err  error
}

// Shutdown stops the exporter at its first call.
func (o *onceShutdown) Shutdown(ctx context.Context) error {
	o.once.Do(func() { o.err = o.Logs.Shutdown(ctx) })
	return o.err
}
