package auditverify

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// maxReceiptLine is the longest receipt that is read: a checkpoint and a token
// have some 10 KiB.
const maxReceiptLine = 256 << 10

// receipt is what the log noted when an anchor took a checkpoint. What the log says
// proves nothing: only what others signed in it does.
type receipt struct {
	Note   string `json:"note"`    // the checkpoint
	Proof  []byte `json:"receipt"` // signature lines, or a token
	file   string
	offset int64
}

// receiptFiles returns the files of receipts: those given, or those in the log's
// directory. The newest come first: one that is renamed meanwhile is read twice
// rather than not at all.
func receiptFiles(dir string, given []string) (files []string, err error) {
	for _, path := range given {
		more, err := anchorFiles(path)
		if err != nil {
			return nil, fmt.Errorf("find receipts: %w", err)
		}
		files = append(files, more...)
	}
	for _, name := range []string{receiptsName, receiptsName + ".1"} {
		path := filepath.Join(dir, name)
		switch _, err := os.Lstat(path); {
		case err == nil:
			files = append(files, path)
		case !errors.Is(err, os.ErrNotExist):
			return nil, fmt.Errorf("find receipts: %w", err)
		}
	}
	return files, nil
}

// readReceipts gives every receipt of a file, and returns how many lines are none.
// Half a line at the end is being written.
func readReceipts(path string, limit int64, give func(receipt)) (read int64, bad int, err error) {
	f, err := openRegular(path)
	if err != nil {
		return 0, 0, fmt.Errorf("read receipts: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	in := bufio.NewReaderSize(io.LimitReader(f, limit+1), maxReceiptLine)
	for {
		at, long := read, false
		line, err := in.ReadSlice('\n')
		for ; errors.Is(err, bufio.ErrBufferFull); line, err = in.ReadSlice('\n') {
			read, long = read+int64(len(line)), true
		}
		read += int64(len(line))
		switch {
		case read > limit:
			return read, bad, fmt.Errorf("read receipts: %s: larger than %d bytes", path, limit)
		case errors.Is(err, io.EOF):
			return read, bad, nil
		case err != nil:
			return read, bad, fmt.Errorf("read receipts: %w", err)
		}
		r := receipt{file: path, offset: at}
		switch line = bytes.TrimSuffix(line, []byte("\n")); {
		case len(line) == 0 && !long:
		case long || json.Unmarshal(line, &r) != nil || r.Note == "":
			bad++
		default:
			give(r)
		}
	}
}
