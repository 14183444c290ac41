package witness

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
)

// ErrName says that a witness's key has another name than the one asked for.
var ErrName = errors.New("the witness's key has another name")

// DefaultName is the name of a witness that is given none.
func DefaultName() string {
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "localhost"
	}
	return strings.ReplaceAll(host, "+", "-") + "/agent-telemetry-witness"
}

// errNotEd25519 says that a key is of another kind.
var errNotEd25519 = errors.New("not an Ed25519 key")

// key is the witness's key.
type key struct {
	signer note.Signer // makes cosignatures
	vkey   string
}

// loadKey reads the key of the witness in dir and makes it when there is none.
// name is what it should be called; "" takes what there is, or DefaultName.
func loadKey(dir, name string) (key, error) {
	path := filepath.Join(dir, keyName)
	b, err := readSmall(path, 4<<10)
	if errors.Is(err, fs.ErrNotExist) {
		if b, err = makeKey(path, name); err != nil {
			return key{}, fmt.Errorf("make the witness's key: %w", err)
		}
	} else if err != nil {
		return key{}, fmt.Errorf("read the witness's key: %w", err)
	}
	k, err := parseKey(strings.TrimSpace(string(b)))
	if err != nil {
		return key{}, fmt.Errorf("read the witness's key %s: %w", path, err)
	}
	if name != "" && k.signer.Name() != name {
		return key{}, fmt.Errorf("%w: it is %q, not %q: give that one, or another directory", ErrName, k.signer.Name(), name)
	}
	return k, nil
}

func makeKey(path, name string) ([]byte, error) {
	if name == "" {
		name = DefaultName()
	}
	if strings.ContainsAny(name, "+ \t\r\n") {
		return nil, fmt.Errorf("the name %q must have neither space nor +", name)
	}
	skey, _, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		return nil, err
	}
	return []byte(skey), replaceFile(path, []byte(skey+"\n"))
}

func parseKey(skey string) (key, error) {
	signer, err := fnote.NewSignerForCosignatureV1(skey)
	if err != nil {
		return key{}, err
	}
	fields := strings.SplitN(skey, "+", 5) // PRIVATE+KEY+name+hash+base64
	raw, err := base64.StdEncoding.DecodeString(fields[len(fields)-1])
	if err != nil || len(raw) != 1+ed25519.SeedSize {
		return key{}, errNotEd25519
	}
	public := ed25519.NewKeyFromSeed(raw[1:]).Public().(ed25519.PublicKey)
	plain, err := note.NewEd25519VerifierKey(signer.Name(), public)
	if err != nil {
		return key{}, err
	}
	vkey, err := fnote.VKeyToCosignatureV1(plain)
	return key{signer: signer, vkey: vkey}, err
}
