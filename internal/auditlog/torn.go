package auditlog

import (
	"bytes"
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
	torn, err := io.ReadAll(io.NewSectionReader(l.seg, from, to-from))
	if err != nil {
		return err
	}
	if err := l.keepTorn(fmt.Sprintf("%0*d.torn-%d", segmentDigits, l.index, from), torn); err != nil {
		return err
	}
	if err := l.seg.Truncate(from); err != nil {
		return err
	}
	return l.seg.Sync()
}

// keepTorn makes a pending copy durable, unless the same one is there.
func (l *Log) keepTorn(base string, torn []byte) error {
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
		pending := path + pendingSuffix
		old, err := os.ReadFile(pending) //nolint:gosec // own directory
		if err == nil && bytes.Equal(old, torn) {
			return nil
		}
		if err == nil {
			continue
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return l.writeTorn(pending, torn)
	}
}

func (l *Log) writeTorn(path string, torn []byte) error {
	temp := filepath.Join(l.dir, tornTemp)
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|noFollow, 0o600) //nolint:gosec // own directory
	if err != nil {
		return err
	}
	_, err = f.Write(torn)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return syncDir(l.dir)
}

// recordTorn appends a record for every pending copy.
func (l *Log) recordTorn() error {
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
		if err := l.recordOne(parts[0], parts[1], parts[2]); err != nil {
			return err
		}
	}
	return nil
}

func (l *Log) recordOne(name, segment, at string) error {
	path := filepath.Join(l.dir, name)
	torn, err := os.ReadFile(path + pendingSuffix) //nolint:gosec // own directory
	if err != nil {
		return err
	}
	offset, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(torn)
	now := l.opts.now().UTC()
	err = l.note(Record{
		Kind: KindTornTail, Time: now, ObservedTime: now,
		Attributes: map[string]any{
			TornSegment: segment + segmentSuffix, TornOffset: offset, TornBytes: len(torn),
			TornSHA256: hex.EncodeToString(sum[:]), TornFile: name,
		},
	})
	if err != nil {
		return err
	}
	if err := os.Rename(path+pendingSuffix, path); err != nil {
		return err
	}
	l.opts.Observer.TornTail(int64(len(torn)))
	return syncDir(l.dir)
}
