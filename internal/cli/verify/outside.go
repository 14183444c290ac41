package verify

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

// outside reads the keys of those who vouch for the log.
func (o *options) outside() error {
	for _, w := range o.witness {
		vkey := w
		if strings.Count(w, "+") < 2 {
			text, err := readBounded(w, maxKeyBytes)
			if err != nil {
				return fmt.Errorf("--witness: it is neither a verification key (NAME+ID+KEY) nor a file with one: %w", err)
			}
			vkey, _, _ = strings.Cut(strings.TrimSpace(string(text)), "\n")
		}
		if strings.HasPrefix(vkey, "PRIVATE+KEY+") {
			return errors.New("--witness: this is a private key: give the public one, which agent-telemetry witness vkey prints, and keep that where it is")
		}
		o.verify.Witnesses = append(o.verify.Witnesses, strings.TrimSpace(vkey))
	}
	if o.tsaCA == "" {
		return nil
	}
	text, err := readBounded(o.tsaCA, maxRootsBytes)
	if err != nil {
		return fmt.Errorf("--tsa-ca: %w", err)
	}
	o.verify.TSARoots = x509.NewCertPool()
	if !o.verify.TSARoots.AppendCertsFromPEM(text) {
		return fmt.Errorf("--tsa-ca: %s: %w", o.tsaCA, errNoRoots)
	}
	return nil
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
