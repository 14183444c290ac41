package lineageprocessor

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/lineage"
)

// Outcomes of looking for a file.
const (
	outcomeFound   = "found"
	outcomeMissing = "missing"
	outcomeFailed  = "failed"
)

// askFiles asks for the files of agents that nothing has proven the parent of. When
// the reader is behind they are asked for again at the agent's next start or stop.
func (p *lineageProcessor) askFiles() {
	room := cap(p.files) - len(p.files)
	if p.config.ProjectsDirectory == "" {
		room = maxFiles // they are passed over
	}
	if room == 0 {
		return
	}
	for _, l := range p.tracker.Looks(room) {
		if p.config.ProjectsDirectory != "" {
			p.files <- l // there is room: nobody else sends
		}
	}
}

// readFiles reads files until ctx ends. It is a goroutine of its own: a file system may
// not answer, and no event waits for it.
func (p *lineageProcessor) readFiles(ctx context.Context) {
	defer close(p.read)
	for {
		select {
		case <-ctx.Done():
			return
		case l := <-p.files:
			p.readFile(ctx, l)
		}
	}
}

func (p *lineageProcessor) readFile(ctx context.Context, l lineage.Look) {
	outcome := outcomeFound
	found, err := readSidecar(p.config.ProjectsDirectory, l)
	switch {
	case err == nil:
		p.tracker.Found(l, found)
	case errors.Is(err, fs.ErrNotExist):
		outcome = outcomeMissing
	default:
		outcome = outcomeFailed
		p.logger.Debug("A file of an agent cannot be used", zap.String("session", l.Session), zap.String("agent", l.Agent), zap.Error(err))
	}
	if ctx.Err() == nil {
		p.telemetry.ProcessorLineageSidecars.Add(ctx, 1, metric.WithAttributes(attribute.String("outcome", outcome)))
	}
}

func readSidecar(projects string, l lineage.Look) (_ lineage.Sidecar, err error) {
	root, err := os.OpenRoot(projects)
	if err != nil {
		return lineage.Sidecar{}, err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	return lineage.ReadSidecar(root, l.Transcript, l.Session, l.Agent)
}
