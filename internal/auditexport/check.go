package auditexport

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/auditverify"
)

// Bounds of what is read of an export.
const (
	maxManifest  = 64 << 20 // with many keys
	maxProofLine = 64 << 10
	maxExported  = auditlog.LimitRecordBytes + 1<<10
)

// Checked is the outcome of Check.
type Checked struct {
	Holds    bool      `json:"holds"`
	Problems []string  `json:"problems"` // at most 100
	Records  int       `json:"records"`
	Proven   int       `json:"proven"`
	Manifest *Manifest `json:"manifest"`
}

// ErrNoExport says that a directory holds no export.
var ErrNoExport = errors.New("not an export")

// Check checks an export: that its files are those of its manifest, and, with
// the log's verification key, that its lines are in the log. An error says that
// it could not be checked; what is wrong with it is no error.
func Check(ctx context.Context, dir, vkey string) (*Checked, error) {
	m, err := readManifest(dir)
	if err != nil {
		return nil, err
	}
	c := &checker{dir: dir, vkey: vkey, Checked: Checked{Problems: []string{}, Manifest: m, Records: m.Records}}
	if err := c.files(ctx); err != nil {
		return nil, err
	}
	if m.Proofs.Against != nil && vkey != "" && len(c.Problems) == 0 {
		if err := c.proofs(ctx); err != nil {
			return nil, err
		}
	}
	c.Holds = len(c.Problems) == 0
	return &c.Checked, nil
}

func readManifest(dir string) (*Manifest, error) {
	f, err := open(dir, ManifestName)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoExport, err)
	}
	defer f.Close() //nolint:errcheck // only read
	raw, err := io.ReadAll(io.LimitReader(f, maxManifest+1))
	if err != nil {
		return nil, fmt.Errorf("read the manifest: %w", err)
	}
	var m Manifest
	if len(raw) > maxManifest {
		return nil, fmt.Errorf("%w: its manifest is too large", ErrNoExport)
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, fmt.Errorf("%w: its manifest: %w", ErrNoExport, err)
	}
	if m.Format != Format {
		return nil, fmt.Errorf("%w of a form that this version knows: %q, not %q", ErrNoExport, m.Format, Format)
	}
	return &m, nil
}

// open opens a regular file of an export, never through a link.
func open(dir, name string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(fmt.Errorf("%s is no regular file", name), err, f.Close())
	}
	return f, nil
}

type checker struct {
	dir, vkey string
	Checked
}

func (c *checker) problem(format string, args ...any) {
	if len(c.Problems) < 100 {
		c.Problems = append(c.Problems, fmt.Sprintf(format, args...))
	}
}

// files compares the files with the manifest.
func (c *checker) files(ctx context.Context) error {
	for _, want := range c.Manifest.Files {
		if !slices.Contains([]string{LinesName, TableName, ProofsName}, want.Name) {
			c.problem("the manifest names %q, which is no file of an export", want.Name)
			continue
		}
		sum, size, err := digest(ctx, c.dir, want.Name)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			c.problem("%s cannot be read: %v", want.Name, err)
		case sum != want.SHA256 || size != want.Bytes:
			c.problem("%s is not what the manifest says: %d bytes, sha256 %s", want.Name, size, sum)
		}
	}
	return nil
}

func digest(ctx context.Context, dir, name string) (sum string, size int64, err error) {
	f, err := open(dir, name)
	if err != nil {
		return "", 0, err
	}
	defer f.Close() //nolint:errcheck // only read
	h := sha256.New()
	size, err = io.Copy(h, readerOf(ctx, f))
	return hex.EncodeToString(h.Sum(nil)), size, err
}

// readerOf is r until ctx ends.
func readerOf(ctx context.Context, r io.Reader) io.Reader {
	return readFunc(func(b []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		return r.Read(b)
	})
}

type readFunc func([]byte) (int, error)

// Read implements io.Reader.
func (f readFunc) Read(b []byte) (int, error) { return f(b) }

// proofs checks each line that has a proof.
func (c *checker) proofs(ctx context.Context) (err error) {
	lines, err := open(c.dir, LinesName)
	if err != nil {
		c.problem("%s cannot be read: %v", LinesName, err)
		return nil
	}
	defer func() { err = errors.Join(err, lines.Close()) }()
	proofs, err := open(c.dir, ProofsName)
	if err != nil {
		c.problem("%s cannot be read: %v", ProofsName, err)
		return nil
	}
	defer func() { err = errors.Join(err, proofs.Close()) }()
	text := scanner(ctx, lines, maxExported)
	path := scanner(ctx, proofs, maxProofLine)
	var pack *auditverify.PackChecker
	count := 0
	for path.Scan() {
		var in auditverify.Inclusion
		if err := json.Unmarshal(path.Bytes(), &in); err != nil {
			c.problem("proof %d cannot be read: %v", c.Proven+1, err)
			return nil
		}
		line, ok := seek(text, in.Seq, &count)
		if !ok {
			c.problem("there is a proof of record %d, but not its line", in.Seq)
			return nil
		}
		if pack == nil {
			if pack, err = c.Manifest.Proofs.Against.Checker(c.vkey, &in, line); err != nil {
				return c.wrong(err)
			}
		}
		if err := pack.Check(&in, line); err != nil {
			return c.wrong(err)
		}
		c.Proven++
	}
	for text.Scan() {
		count++
	}
	if err := errors.Join(path.Err(), text.Err()); err != nil {
		return fmt.Errorf("check the export: %w", err)
	}
	if p := c.Manifest.Proofs; c.Proven != p.Proven || count != c.Manifest.Records || p.Proven+p.Missing != c.Manifest.Records {
		c.problem("the manifest tells of %d records and %d proofs, there are %d and %d", c.Manifest.Records, p.Proven, count, c.Proven)
	}
	return nil
}

// wrong takes a proof that does not hold for a problem, and anything else, such
// as a key that is none, for an error.
func (c *checker) wrong(err error) error {
	if errors.Is(err, auditverify.ErrProofWrong) || errors.Is(err, auditverify.ErrProofForm) {
		c.problem("%v", err)
		return nil
	}
	return fmt.Errorf("check the export: %w", err)
}

func scanner(ctx context.Context, r io.Reader, limit int) *bufio.Scanner {
	s := bufio.NewScanner(readerOf(ctx, r))
	s.Buffer(make([]byte, 0, 1<<16), limit)
	return s
}

// seek goes on to the line of record seq; lines without a proof are passed over.
func seek(lines *bufio.Scanner, seq int64, count *int) (line []byte, ok bool) {
	for lines.Scan() {
		*count++
		l, err := auditlog.ParseLine(bytes.TrimSuffix(lines.Bytes(), []byte("\r")))
		if err == nil && int64(l.Seq) == seq { //nolint:gosec // compared only
			return lines.Bytes(), true
		}
	}
	return nil, false
}
