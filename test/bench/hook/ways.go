package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// process measures a process from its start to its end. The payload waits in a
// pipe, as Claude Code's does.
func (b *bench) process(name string, env []string, argv ...string) func(context.Context, int) (time.Duration, error) {
	return func(_ context.Context, sample int) (took time.Duration, err error) {
		r, w, err := os.Pipe()
		if err != nil {
			return 0, err
		}
		defer func() { err = errors.Join(err, r.Close()) }()
		// It fits into the pipe's buffer: nothing runs beside the process.
		if _, err = w.Write(payload(name, b.stack.Project, sample)); err == nil {
			err = w.Close()
		}
		if err != nil {
			return 0, err
		}
		attr := &os.ProcAttr{Dir: b.stack.Project, Env: env, Files: []*os.File{r, b.null, b.null}}
		start := time.Now()
		p, err := os.StartProcess(argv[0], argv, attr)
		if err != nil {
			return 0, err
		}
		state, err := p.Wait()
		took = time.Since(start)
		if err == nil && !state.Success() {
			err = fmt.Errorf("%s: %s", argv[0], state)
		}
		return took, err
	}
}

// http measures an HTTP hook from the request to the answer's end.
func (b *bench) http(keepAlive bool) func(context.Context, int) (time.Duration, error) {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: !keepAlive}}
	name := wayHTTP
	if !keepAlive {
		name = wayHTTPNew
	}
	return func(ctx context.Context, sample int) (time.Duration, error) {
		call := harness.Call{Payload: payload(name, b.stack.Project, sample), ProjectDir: b.stack.Project}
		req, err := b.stack.Request(ctx, call)
		if err != nil {
			return 0, err
		}
		o, err := harness.Do(client, req)
		if err != nil {
			return 0, err
		}
		return o.Took, o.Silent()
	}
}

// rawFsync measures what one durable write of an event's size costs on the
// disk, in a directory that is not the spool itself.
func rawFsync(spool string) func(context.Context, int) (time.Duration, error) {
	data := make([]byte, 2048)
	path := filepath.Join(filepath.Dir(spool), "fsync-probe")
	return func(context.Context, int) (time.Duration, error) {
		start := time.Now()
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		if err != nil {
			return 0, err
		}
		_, err = f.Write(data)
		err = errors.Join(err, f.Sync())
		took := time.Since(start)
		return took, errors.Join(err, f.Close(), os.Remove(path))
	}
}
