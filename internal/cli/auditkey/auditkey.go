// Package auditkey finds the key that the commands about the audit log check
// signatures with.
package auditkey

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// maxBytes is how much of a key file is read: a key has some 120 bytes.
const maxBytes = 4096

// ErrNone says that no key was given and that there is none on this host.
var ErrNone = errors.New("there is no verification key: give the copy that you keep elsewhere with --key")

// Read returns the verification key that flag stands for, and the file it is
// from: flag is a key (a note verifier key: name+hash+base64), or a file that
// holds one; "" is the file that the log wrote in the state directory.
func Read(flag string, home statedir.Dir) (vkey, file string, err error) {
	if strings.HasPrefix(flag, "agent-telemetry/") && strings.Count(flag, "+") >= 2 {
		return flag, "", nil
	}
	file = flag
	if flag == "" {
		file = home.AuditPub()
	}
	f, err := os.Open(file)
	if flag == "" && errors.Is(err, os.ErrNotExist) {
		return "", "", fmt.Errorf("%w (%s is not there, either)", ErrNone, file)
	}
	if err != nil {
		return "", "", fmt.Errorf("read the verification key: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	text, err := io.ReadAll(io.LimitReader(f, maxBytes))
	if err != nil {
		return "", "", fmt.Errorf("read the verification key: %w", err)
	}
	first, _, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	if strings.HasPrefix(first, "PRIVATE+KEY+") {
		return "", "", fmt.Errorf("read the verification key: %s holds a private key: give the public one, and keep that where it is", file)
	}
	return strings.TrimSpace(first), file, nil
}
