package auditkey

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// Limits of the files that options name.
const (
	maxKeyBytes   = 4 << 10
	maxRootsBytes = 1 << 20
)

var errNoRoots = errors.New("there is no PEM certificate in it")

// Witnesses returns the verification keys of witnesses that the flag --witness
// stands for: keys (NAME+ID+KEY), and files with one.
func Witnesses(flags []string) ([]string, error) {
	var keys []string
	for _, w := range flags {
		vkey := w
		if strings.Count(w, "+") < 2 {
			text, err := readBounded(w, maxKeyBytes)
			if err != nil {
				return nil, fmt.Errorf("--witness: it is neither a verification key (NAME+ID+KEY) nor a file with one: %w", err)
			}
			vkey, _, _ = strings.Cut(strings.TrimSpace(string(text)), "\n")
		}
		if strings.HasPrefix(vkey, "PRIVATE+KEY+") {
			return nil, errors.New("--witness: this is a private key: give the public one, which agent-telemetry witness vkey prints, and keep that where it is")
		}
		keys = append(keys, strings.TrimSpace(vkey))
	}
	return keys, nil
}

// Roots returns the roots of time-stamping authorities in the PEM file that the flag
// --tsa-ca names; nil when it names none.
func Roots(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil //nolint:nilnil // none is an answer
	}
	text, err := readBounded(file, maxRootsBytes)
	if err != nil {
		return nil, fmt.Errorf("--tsa-ca: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("--tsa-ca: %s: %w", file, errNoRoots)
	}
	return roots, nil
}

func readBounded(path string, limit int64) (b []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if b, err = io.ReadAll(io.LimitReader(f, limit+1)); err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("%s: larger than %d bytes", path, limit)
	}
	return b, err
}
