package report

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// rows keeps rows on disk, in a file that has no name: as many as come, and none
// in memory.
type rows[T any] struct {
	f   *os.File
	w   *bufio.Writer
	enc *json.Encoder
	n   int
}

func newRows[T any](dir string) (*rows[T], error) {
	f, err := os.CreateTemp(dir, "agent-telemetry-report-*") // 0600
	if err != nil {
		return nil, fmt.Errorf("keep rows: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(fmt.Errorf("keep rows: %w", err), f.Close())
	}
	r := &rows[T]{f: f, w: bufio.NewWriterSize(f, 1<<16)}
	r.enc = json.NewEncoder(r.w)
	r.enc.SetEscapeHTML(false)
	return r, nil
}

func (r *rows[T]) add(row *T) error {
	r.n++
	if err := r.enc.Encode(row); err != nil {
		return fmt.Errorf("keep rows: %w", err)
	}
	return nil
}

// each calls fn for every row in order, until it returns an error.
func (r *rows[T]) each(fn func(*T) error) error {
	if err := r.w.Flush(); err != nil {
		return fmt.Errorf("keep rows: %w", err)
	}
	dec := json.NewDecoder(bufio.NewReaderSize(io.NewSectionReader(r.f, 0, 1<<62), 1<<16))
	for range r.n {
		var row T
		if err := dec.Decode(&row); err != nil {
			return fmt.Errorf("read rows: %w", err)
		}
		if err := fn(&row); err != nil {
			return err
		}
	}
	return nil
}

func (r *rows[T]) close() error {
	if r == nil {
		return nil
	}
	return r.f.Close()
}
