package auditlog

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

// takePlace opens the last segment behind its last sound line. What a crash left
// there is set aside; for anything else the log goes on in a new segment.
func (l *Log) takePlace(segments []Segment, w *walk) error {
	if len(segments) == 0 {
		return l.moveOnAtRest(0, errors.New("no segment is there"))
	}
	current := segments[len(segments)-1]
	l.index = current.Index
	f, err := safefile.Open(current.Path, os.O_RDWR)
	if err != nil {
		return err
	}
	end := int64(0)
	if w.last != nil && w.index == current.Index {
		end = w.sound
	}
	why, err := l.disturbedAtRest(f, current, end, w)
	if err != nil {
		return errors.Join(fmt.Errorf("read %s: %w", current.Path, err), f.Close())
	}
	if why != nil {
		if err := f.Close(); err != nil {
			return err
		}
		return l.moveOnAtRest(end, why)
	}
	l.seg, l.size, l.started = f, end, startOf(f, l.opts.now())
	if end > 0 {
		l.last = bytes.Clone(w.last)
	}
	if current.Size > end {
		if err := l.setAside(end, current.Size); err != nil {
			return fmt.Errorf("set a torn tail aside: %w", err)
		}
	}
	return nil
}

// disturbedAtRest says what is wrong with the end of the log that no crash can
// have done.
func (l *Log) disturbedAtRest(f *os.File, current Segment, end int64, w *walk) (why, err error) {
	if w.chain.next() > 0 && w.last == nil {
		return errors.New("the last record written is not there"), nil
	}
	torn, err := tornBy(f, end, current.Size)
	if err != nil || torn {
		return nil, err
	}
	return fmt.Errorf("behind byte %d stand lines that do not follow", end), nil
}

// moveOnAtRest leaves the last segment as it was found.
func (l *Log) moveOnAtRest(bytes int64, why error) error {
	why = fmt.Errorf("%w while the log was closed: %w", errDisturbed, why)
	l.owe(why, segmentName(l.index), bytes)
	return l.rotate()
}
