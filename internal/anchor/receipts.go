package anchor

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

// ReceiptsName is the file of a log's directory that holds the receipts.
const ReceiptsName = "anchors"

// olderSuffix is on the name of the receipts before the newest.
const olderSuffix = ".1"

// DefaultReceiptsBytes is the size at which a file of receipts is closed; the
// closed one replaces the one before it.
const DefaultReceiptsBytes = 32 << 20

// Receipt is one line of the receipts: a checkpoint that an anchor took. It says
// what was done, for the operator; it lies on the host itself and proves as much
// as what is in Receipt does.
type Receipt struct {
	Time    time.Time `json:"time"`
	Anchor  string    `json:"anchor"`            // name in the configuration
	Size    int64     `json:"size"`              // of the tree
	Root    []byte    `json:"root"`              // of the tree, base64
	Note    string    `json:"note"`              // the signed checkpoint, byte for byte
	Receipt []byte    `json:"receipt,omitempty"` // what the anchor gave: cosignature lines, a timestamp token; base64
}

// Receipts is the file of receipts.
type Receipts struct {
	path  string
	limit int64

	mu sync.Mutex
}

// NewReceipts returns the receipts of the log in dir. A file longer than limit
// bytes is closed; 0 stands for DefaultReceiptsBytes.
func NewReceipts(dir string, limit int64) *Receipts {
	if limit <= 0 {
		limit = DefaultReceiptsBytes
	}
	return &Receipts{path: filepath.Join(dir, ReceiptsName), limit: limit}
}

// Add appends a receipt and returns when it is on disk.
func (r *Receipts) Add(name string, c auditlog.Checkpoint, receipt []byte) error {
	line, err := json.Marshal(Receipt{
		Time: time.Now().UTC(), Anchor: name, Size: c.Size, Root: c.Root[:], Note: string(c.Note), Receipt: receipt,
	})
	if err != nil {
		return fmt.Errorf("write receipt: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.append(append(line, '\n')); err != nil {
		return fmt.Errorf("write receipt: %w", err)
	}
	return nil
}

func (r *Receipts) append(line []byte) error {
	if err := r.rotate(int64(len(line))); err != nil {
		return err
	}
	f, err := safefile.Open(r.path, os.O_RDWR|os.O_CREATE|os.O_APPEND)
	if err != nil {
		return err
	}
	// A crash may have left half a line: the next one begins on its own.
	if end, err := f.Seek(0, io.SeekEnd); err == nil && end > 0 {
		var last [1]byte
		if _, err := f.ReadAt(last[:], end-1); err == nil && last[0] != '\n' {
			line = append([]byte{'\n'}, line...)
		}
	}
	_, err = f.Write(line)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// rotate makes room for n bytes.
func (r *Receipts) rotate(n int64) error {
	info, err := os.Lstat(r.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Size() == 0 || info.Size()+n <= r.limit {
		return nil
	}
	return os.Rename(r.path, r.path+olderSuffix)
}

// ParseReceipt reads one line of the receipts.
func ParseReceipt(line []byte) (Receipt, error) {
	var r Receipt
	d := json.NewDecoder(bytes.NewReader(line))
	if err := d.Decode(&r); err != nil {
		return Receipt{}, fmt.Errorf("parse receipt: %w", err)
	}
	return r, nil
}
