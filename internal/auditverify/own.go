package auditverify

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

// attributes are those of a record of the log's own.
type attributes map[string]any

func decodeAttributes(record []byte) (attributes, error) {
	var r struct {
		Attributes attributes `json:"attributes"`
	}
	dec := json.NewDecoder(bytes.NewReader(record))
	dec.UseNumber()
	if err := dec.Decode(&r); err != nil {
		return nil, fmt.Errorf("read its attributes: %w", err)
	}
	return r.Attributes, nil
}

func (a attributes) text(name string) string {
	s, _ := a[name].(string)
	return s
}

// number returns a number that is not negative, or -1.
func (a attributes) number(name string) int64 {
	n, ok := a[name].(json.Number)
	if !ok {
		return -1
	}
	i, err := n.Int64()
	if err != nil || i < 0 {
		return -1
	}
	return i
}

// tornTails checks the copies of what crashes tore off against the records
// that tell of them.
type tornTails struct {
	dir      string
	res      *results
	recorded map[string]bool
	oldest   uint64 // index of the first segment that is there
}

func (t *tornTails) record(at place, a attributes) error {
	name := a.text(auditlog.TornFile)
	if m := tornName.FindStringSubmatch(name); m == nil || m[3] != "" {
		t.res.fail(CheckTornTails, at.finding("", "", "record %d tells of a torn tail in no such file: %q", at.seq, name))
		return nil
	}
	t.recorded[name] = true
	if t.pruned(name) {
		return nil
	}
	path := filepath.Join(t.dir, name)
	sum, n, err := hashFile(path)
	if errors.Is(err, os.ErrNotExist) {
		// Died between the record and the last rename.
		sum, n, err = hashFile(path + pendingSuffix)
	}
	switch {
	case errors.Is(err, os.ErrNotExist):
		t.res.fail(CheckTornTails, at.finding("", "", "the torn tail %s of record %d is missing", name, at.seq))
	case errors.Is(err, errNotRegular) || isLink(path):
		t.res.fail(CheckTornTails, at.finding("", "", "the torn tail %s of record %d is no regular file", name, at.seq))
	case err != nil:
		return fmt.Errorf("read the torn tail %s: %w", name, err)
	case sum != a.text(auditlog.TornSHA256) || n != a.number(auditlog.TornBytes):
		t.res.fail(CheckTornTails, at.finding(a.text(auditlog.TornSHA256), sum, "the torn tail %s is not what record %d says of it", name, at.seq))
	}
	return nil
}

func isLink(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && !info.Mode().IsRegular()
}

// pruned reports whether the segment of a torn tail was removed: then the tail may be, too.
func (t *tornTails) pruned(name string) bool {
	return name[:8] < fmt.Sprintf("%08d", t.oldest)
}

// unrecorded looks for copies that no record tells of.
func (t *tornTails) unrecorded(names []string) {
	for _, name := range names {
		base, pending := strings.CutSuffix(name, pendingSuffix)
		if t.recorded[base] || t.pruned(name) {
			continue
		}
		f := Finding{Seq: -1, Segment: name, Offset: -1, Message: fmt.Sprintf("no record tells of the torn tail %s", name)}
		if pending {
			f.Message += ": the log was not opened since a crash"
			t.res.warn(CheckTornTails, f)
			continue
		}
		t.res.fail(CheckTornTails, f)
	}
}

func hashFile(path string) (sum string, n int64, err error) {
	f, err := openRegular(path)
	if err != nil {
		return "", 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	n, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), n, err
}
