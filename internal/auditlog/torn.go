package auditlog

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

const (
	pendingSuffix = ".pending"
	tornTemp      = "torn.tmp"
)

// tornName is the name of a copy: segment, offset and, from the second on, its
// number at that offset.
var tornName = regexp.MustCompile(`^(\d{8,})\.torn-(\d+)(-\d+)?$`)

// setAside copies the torn bytes [from,to) of the current segment to a pending
// file and cuts them off.
func (l *Log) setAside(from, to int64) error {
	base := fmt.Sprintf("%0*d.torn-%d", segmentDigits, l.index, from)
	if err := l.keepTorn(base, func() io.Reader { return io.NewSectionReader(l.seg, from, to-from) }); err != nil {
		return err
	}
	l.opts.at("torn tail copied")
	if err := l.seg.Truncate(from); err != nil {
		return err
	}
	return l.opts.sync(l.seg)
}

// keepTorn makes a pending copy durable, unless the same one is there.
func (l *Log) keepTorn(base string, torn func() io.Reader) error {
	want, _, err := hashOf(torn())
	if err != nil {
		return err
	}
	for n := 1; ; n++ {
		name := base
		if n > 1 {
			name = base + "-" + strconv.Itoa(n)
		}
		path := filepath.Join(l.dir, name)
		_, err := os.Lstat(path)
		if err == nil {
			continue // recorded earlier: another tail at this offset
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		have, _, err := hashOfFile(path + pendingSuffix)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return l.writeTorn(path+pendingSuffix, torn())
		case err == nil && have == want:
			return nil
		}
	}
}

func (l *Log) writeTorn(path string, torn io.Reader) error {
	temp := filepath.Join(l.dir, tornTemp)
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|safefile.NoFollow, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, torn)
	if err == nil {
		err = l.opts.sync(f)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return safefile.SyncDir(l.dir)
}

// hashOf returns the SHA-256, in hex, and the length of what r holds.
func hashOf(r io.Reader) (sum string, length int64, err error) {
	h := sha256.New()
	length, err = io.Copy(h, r)
	return hex.EncodeToString(h.Sum(nil)), length, err
}

func hashOfFile(path string) (sum string, length int64, err error) {
	f, err := safefile.Open(path, os.O_RDONLY)
	if err != nil {
		return "", 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return hashOf(f)
}

// oweTorn remembers to record every pending copy.
func (l *Log) oweTorn() error {
	entries, err := os.ReadDir(l.dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		base, pending := strings.CutSuffix(entry.Name(), pendingSuffix)
		parts := tornName.FindStringSubmatch(base)
		if !pending || parts == nil || !entry.Type().IsRegular() {
			continue
		}
		if err := l.oweOne(parts[0], parts[1], parts[2]); err != nil {
			return err
		}
	}
	return nil
}

func (l *Log) oweOne(name, segment, at string) error {
	path := filepath.Join(l.dir, name)
	sum, length, err := hashOfFile(path + pendingSuffix)
	if err != nil {
		return err
	}
	offset, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return err
	}
	r := Record{
		Kind: KindTornTail,
		Attributes: map[string]any{
			TornSegment: segment + segmentSuffix, TornOffset: offset, TornBytes: length,
			TornSHA256: sum, TornFile: name,
		},
	}
	l.owed = append(l.owed, owed{r, func() error {
		l.opts.at("torn tail recorded")
		if err := os.Rename(path+pendingSuffix, path); err != nil {
			return err
		}
		l.opts.Observer.TornTail(length)
		return safefile.SyncDir(l.dir)
	}})
	return nil
}
