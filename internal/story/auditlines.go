package story

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"sync"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

// eachLine calls fn for every whole line of a segment. A line that is too long is
// given as nil. One without its newline is being written, and not there yet.
func eachLine(ctx context.Context, s auditlog.Segment, fn func(line []byte) error) (err error) {
	f, err := open(s)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // pruned since the directory was read
	}
	if err != nil {
		return fmt.Errorf("open audit segment: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	buf := make([]byte, 256<<10)
	held, long := 0, false // bytes of a line that is not whole yet
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, readErr := f.Read(buf[held:])
		text := buf[:held+n]
		for {
			i := bytes.IndexByte(text, '\n')
			if i < 0 {
				break
			}
			line := text[:i]
			if long || len(line) > maxLine {
				line, long = nil, false
			}
			if err := fn(line); err != nil {
				return err
			}
			text = text[i+1:]
		}
		if long {
			text = nil
		}
		if held = copy(buf, text); held == len(buf) {
			if len(buf) > maxLine {
				held, long = 0, true
			} else {
				buf = append(buf, make([]byte, len(buf))...)
			}
		}
		if errors.Is(readErr, io.EOF) {
			return nil
		}
		if readErr != nil {
			return fmt.Errorf("read audit segment: %w", readErr)
		}
	}
}

// workers is how many segments are read at once.
func workers() int { return min(max(runtime.GOMAXPROCS(0), 1), 4) }

// parallel works on segments side by side. What work returns is called for one
// segment at a time, in their order.
func (a audit) parallel(ctx context.Context, q Query, work func(context.Context, auditlog.Segment, *DamageError) (func(), error)) error {
	segments, err := a.segments(q)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type result struct {
		then func()
		bad  DamageError
		err  error
	}
	results := make([]chan result, len(segments))
	slots := make(chan struct{}, workers())
	var running sync.WaitGroup
	defer running.Wait()
	for i := range results {
		results[i] = make(chan result, 1)
	}
	running.Go(func() {
		for i, s := range segments {
			slots <- struct{}{} // given back when the result has been taken
			running.Go(func() {
				var r result
				if r.err = ctx.Err(); r.err == nil {
					r.then, r.err = work(ctx, s, &r.bad)
				}
				results[i] <- r
			})
		}
	})
	var bad DamageError
	for i := range segments {
		r := <-results[i]
		<-slots
		if r.err != nil && err == nil {
			err = r.err
			cancel()
		}
		if err != nil {
			continue
		}
		r.then()
		if r.bad.Lines > 0 {
			if bad.Lines == 0 {
				bad.First = r.bad.First
			}
			bad.Lines += r.bad.Lines
		}
	}
	if err != nil {
		return err
	}
	return bad.orNil()
}
