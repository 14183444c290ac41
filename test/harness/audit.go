package harness

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/spool"
)

// Audit returns the entries of the audit log that the filter chooses.
func (s *Stack) Audit(ctx context.Context, filter auditlog.Filter) ([]auditlog.Entry, error) {
	var list []auditlog.Entry
	err := auditlog.Read(ctx, s.Home.Audit(), filter, func(e auditlog.Entry) error {
		list = append(list, e)
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return list, err
}

// Events does the same without alerts, which stand there beside the events that
// they are about; unless the filter asks for them.
func (s *Stack) Events(ctx context.Context, filter auditlog.Filter) ([]auditlog.Entry, error) {
	list, err := s.Audit(ctx, filter)
	if filter.EventType == semconv.EventSecurityAlert {
		return list, err
	}
	return slices.DeleteFunc(list, func(e auditlog.Entry) bool { return e.Attribute(semconv.EventType) == semconv.EventSecurityAlert }), err
}

// Spooled returns the names of the events in the spool, oldest first.
func (s *Stack) Spooled() ([]string, error) {
	files, err := os.ReadDir(s.Home.Spool())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, f := range files {
		if strings.HasSuffix(f.Name(), spool.Suffix) {
			names = append(names, strings.TrimSuffix(filepath.Base(f.Name()), spool.Suffix))
		}
	}
	return names, err
}
