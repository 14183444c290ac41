package auditverify

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// witness is who cosigns checkpoints (c2sp.org/tlog-cosignature, Ed25519).
type witness struct {
	name string
	id   [4]byte // of the key: begins each of its signatures
	key  ed25519.PublicKey
}

const (
	cosignatureV1 = 4 // kind of key
	// A signature is the key's id, the time in seconds and the signature itself.
	cosignatureBytes = 4 + 8 + ed25519.SignatureSize
)

// ErrWitness says that a text is no witness's verification key.
var ErrWitness = errors.New("not a witness's verification key, as agent-telemetry witness vkey prints it")

// parseWitness reads a witness's verification key: name+id+base64.
func parseWitness(vkey string) (*witness, error) {
	fail := func(why string) (*witness, error) { return nil, fmt.Errorf("%w: %s", ErrWitness, why) }
	name, rest, _ := strings.Cut(vkey, "+")
	id, text, ok := strings.Cut(rest, "+")
	if !ok || name == "" || strings.ContainsAny(name, " \t\r\n") {
		return fail("it is not NAME+ID+KEY")
	}
	public, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(public) != 1+ed25519.PublicKeySize {
		return fail("its key is not an Ed25519 key in base64")
	}
	if public[0] != cosignatureV1 {
		return fail(fmt.Sprintf("its key is of kind %d, not %d (cosignature/v1)", public[0], cosignatureV1))
	}
	sum := sha256.Sum256(append([]byte(name+"\n"), public...))
	if got, err := hex.DecodeString(id); err != nil || !bytes.Equal(got, sum[:4]) {
		return fail("its id is not that of name and key")
	}
	return &witness{name: name, id: [4]byte(sum[:4]), key: public[1:]}, nil
}

// cosigned looks for w's signature among signature lines under a note's text (with
// its last newline). found says that there is one, and good that it is one of w.
func (w *witness) cosigned(text string, lines string) (at time.Time, found, good bool) {
	for line := range strings.Lines(lines) {
		name, b64, ok := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(line, signatureMark), "\n"), " ")
		if !ok || name != w.name || !strings.HasPrefix(line, signatureMark) {
			continue
		}
		sig, err := base64.StdEncoding.DecodeString(b64)
		if err != nil || len(sig) < 4 || [4]byte(sig) != w.id {
			continue
		}
		found = true
		if len(sig) != cosignatureBytes {
			continue
		}
		seconds := binary.BigEndian.Uint64(sig[4:])
		signed := "cosignature/v1\ntime " + strconv.FormatUint(seconds, 10) + "\n" + text
		if seconds > math.MaxInt32<<6 || !ed25519.Verify(w.key, []byte(signed), sig[12:]) {
			continue
		}
		if t := time.Unix(int64(seconds), 0).UTC(); !good || t.After(at) {
			at, good = t, true
		}
	}
	return at, found, good
}
