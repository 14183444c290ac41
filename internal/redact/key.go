package redact

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

// keySize is the size of the key in bytes, and of its file.
const keySize = 32

// marks is what the marks of this process are made with.
var marks struct {
	sync.Mutex
	file string // empty: marks have no hash
	key  []byte // nil: not read yet
}

// UseKey names the file of the key that the hashes in marks are made with. It is
// read when the first secret is found, and made when there is none; every process
// of a state directory names the same, so that a secret has the same mark wherever
// it turns up. While the key cannot be had, marks have no hash.
func UseKey(file string) {
	marks.Lock()
	defer marks.Unlock()
	if marks.file != file {
		marks.file, marks.key = file, nil
	}
}

// Mark returns what stands in the place of a secret: [REDACTED:rule:hash]. The
// hash is the first 64 bits of the secret's HMAC-SHA256 under the key of this
// state directory, in hexadecimal: equal secrets have equal marks, and who has
// the marks alone cannot try out secrets against them.
func Mark(rule, secret string) string {
	key := currentKey()
	if key == nil {
		return MarkStart + rule + "]"
	}
	mac := hmac.New(sha256.New, key)
	_, _ = io.WriteString(mac, strings.Trim(secret, `"'`)) // a hash takes everything
	return MarkStart + rule + ":" + hex.EncodeToString(mac.Sum(nil)[:hashSize]) + "]"
}

// Whole is Mark for a text that is a secret as a whole, unless it is a mark or
// empty.
func Whole(rule, text string) string {
	if text == "" || MarkAt(text, 0) == len(text) {
		return text
	}
	return Mark(rule, text)
}

func currentKey() []byte {
	marks.Lock()
	defer marks.Unlock()
	if marks.key == nil && marks.file != "" {
		marks.key, _ = loadKey(marks.file) // without one, the secret is redacted all the same
	}
	return marks.key
}

// loadKey reads the key, or makes one. Of several processes that make one at the
// same time, the first to give it its name wins.
func loadKey(file string) ([]byte, error) {
	key, err := readKey(file)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	key = make([]byte, keySize)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("make redaction key: %w", err)
	}
	temp := file + "." + strconv.Itoa(os.Getpid())
	_ = os.Remove(temp) // of a process of the same number that did not end well
	if err := writeKey(temp, key); err != nil {
		return nil, errors.Join(err, os.Remove(temp))
	}
	err = os.Link(temp, file)
	if removed := os.Remove(temp); err == nil {
		err = removed
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("name redaction key: %w", err)
	}
	return readKey(file)
}

func writeKey(file string, key []byte) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL|safefile.NoFollow, 0o600)
	if err != nil {
		return fmt.Errorf("make redaction key: %w", err)
	}
	_, err = f.Write(key)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write redaction key: %w", err)
	}
	return nil
}

func readKey(file string) ([]byte, error) {
	f, err := safefile.Open(file, os.O_RDONLY)
	if err != nil {
		return nil, fmt.Errorf("read redaction key: %w", err)
	}
	key, err := io.ReadAll(io.LimitReader(f, keySize+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read redaction key: %w", err)
	}
	if len(key) != keySize {
		return nil, fmt.Errorf("read redaction key: %s has not %d bytes: remove it, and a new one is made", file, keySize)
	}
	return key, nil
}
