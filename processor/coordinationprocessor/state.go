package coordinationprocessor

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination/live"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination/recorded"
	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

// Of the state's files.
const (
	// The second file is put into the first when it is as large as that, but not below
	// leastLog nor above mostLog: all of it, and a line more, is read again.
	leastLog = 8 << 20
	mostLog  = 32 << 20
	maxLine  = 32 << 20
	// Memory that is kept from one batch to the next.
	keptLine   = 1 << 20
	keptEvents = 4096
	maxLog     = mostLog + maxLine
)

// stateFiles are a state, and entries that were taken in after it. An entry is on disk
// before the receiver's cursor passes it, so that none is missed, and costs what it is
// long, not what the state is.
type stateFiles struct {
	path string // "": nothing is kept
	log  *os.File
	size int64 // of the log
	last int64 // size of the state
	bad  bool  // the files lack something: the state has to be written anew
	line []byte
}

func (s *stateFiles) logPath() string { return s.path + ".log" }

func (s *stateFiles) close() error {
	if s.log == nil {
		return nil
	}
	err := s.log.Close()
	s.log = nil
	if err != nil {
		return fmt.Errorf("close the log of how agents worked together: %w", err)
	}
	return nil
}

// keep writes an entry that is about to be taken in. All records made before have been
// sent.
func (p *coordinationProcessor) keep(ctx context.Context, e *entry) {
	s := &p.state
	if s.path == "" || len(e.Events) == 0 && e.Quiet == 0 {
		return // what tells nothing can be taken in again
	}
	err := p.compact()
	if err == nil {
		err = s.append(e, p.place.File)
	}
	if err == nil {
		return
	}
	s.bad = true
	p.telemetry.ProcessorCoordinationStateFailures.Add(ctx, 1)
	p.logger.Warn("What is known of how agents worked together could not be written; a restart would miss some of it. It is tried again.", zap.Error(err))
}

// compact writes the state anew when the log has grown large.
func (p *coordinationProcessor) compact() error {
	s := &p.state
	if s.log != nil && !s.bad && s.size < min(max(leastLog, s.last), mostLog) {
		return nil
	}
	next := p.place
	next.File++
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return fmt.Errorf("make the directory of the state: %w", err)
	}
	var size counter
	err := safefile.ReplaceWith(s.path, true, func(w io.Writer) error {
		return p.tracker.Encode(io.MultiWriter(w, &size), next)
	})
	if err != nil {
		return fmt.Errorf("write how agents worked together: %w", err)
	}
	p.place, s.last = next, int64(size)
	return s.renew()
}

// counter counts what is written to it.
type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// renew begins an empty log.
func (s *stateFiles) renew() error {
	if err := s.close(); err != nil {
		return err
	}
	if err := safefile.Replace(s.logPath(), nil, true); err != nil {
		return fmt.Errorf("begin the log of how agents worked together: %w", err)
	}
	f, err := safefile.Open(s.logPath(), os.O_WRONLY|os.O_APPEND)
	if err != nil {
		return fmt.Errorf("begin the log of how agents worked together: %w", err)
	}
	s.log, s.size, s.bad = f, 0, false
	return nil
}

func (s *stateFiles) append(e *entry, file uint64) error {
	e.File = file
	s.line = e.appendJSON(s.line[:0])
	if len(s.line) > maxLine {
		return fmt.Errorf("write to the log of how agents worked together: an entry of %d bytes is too long", len(s.line))
	}
	n, err := s.log.Write(s.line)
	if cap(s.line) > keptLine {
		s.line = nil
	}
	s.size += int64(n)
	if err == nil {
		err = safefile.SyncData(s.log)
	}
	if err != nil {
		return fmt.Errorf("write to the log of how agents worked together: %w", err)
	}
	return nil
}

// restore takes over the state of the time before. What cannot be used is put aside,
// and said.
func (p *coordinationProcessor) restore(ctx context.Context) {
	s := &p.state
	if s.path == "" {
		return
	}
	data, err := safefile.Read(s.path, p.config.Limits().MaxState())
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	var t *live.Tracker
	var at live.Place
	if err == nil {
		t, at, err = live.Restore(data, p.config.Limits())
	}
	if err != nil {
		p.telemetry.ProcessorCoordinationStateFailures.Add(ctx, 1)
		aside := s.path + ".bad"
		p.logger.Error("What is known of how agents worked together cannot be read: sessions that are running are followed anew. The file is put aside.",
			zap.String("aside", aside), zap.Error(errors.Join(err, os.Rename(s.path, aside))))
		return
	}
	p.tracker, p.place, s.last = t, at, int64(len(data))
	if err := p.replay(); err != nil {
		s.bad = true // what was read is written anew
		p.telemetry.ProcessorCoordinationStateFailures.Add(ctx, 1)
		p.logger.Error("The end of what is known of how agents worked together cannot be read: some of the last events may be missing in it.", zap.Error(err))
	}
	p.told = p.tracker.Totals()
}

// replay takes the entries in that follow the state. The records of the last one may
// not have been sent.
func (p *coordinationProcessor) replay() error {
	s := &p.state
	f, err := safefile.Open(s.logPath(), os.O_RDWR|os.O_APPEND)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the log of how agents worked together: %w", err)
	}
	s.log = f
	r := bufio.NewReaderSize(io.LimitReader(f, maxLog), 1<<16)
	for {
		line, err := readLine(r)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return fmt.Errorf("read the log of how agents worked together: %w", err)
		}
		if e.File != p.place.File {
			break // of a state before: the collector was stopped between the two files
		}
		s.size += int64(len(line))
		p.pending = p.again(&e)
	}
	// What is behind is half a line, of a batch that was not acknowledged.
	if err := f.Truncate(s.size); err != nil {
		return fmt.Errorf("repair the log of how agents worked together: %w", err)
	}
	return nil
}

// again takes an entry in as it was taken in before.
func (p *coordinationProcessor) again(e *entry) []recorded.Record {
	e.apply(p.tracker)
	if e.Log != "" {
		p.place.Log, p.place.Next = e.Log, e.First+1
	}
	return p.tracker.Take()
}

// readLine reads a whole line; io.EOF when there is none, or only a part of one.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case err == nil:
			return line, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		case len(line) > maxLine:
			return nil, errors.New("a line of the log of how agents worked together is too long")
		}
	}
}
