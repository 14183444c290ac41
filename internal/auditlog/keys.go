package auditlog

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gofrs/flock"
	"golang.org/x/mod/sumdb/note"

	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

// Files of the directory of keys.
const (
	keyFile     = "audit.key" // private key of the epoch
	pubFile     = "audit.pub" // verification key of epoch 0
	nextSuffix  = ".next"     // of the private key of the epoch that comes
	keyLockName = "audit.lock"
)

// maxKeyBytes is more than any key file has.
const maxKeyBytes = 1 << 10

// key is a private key of an epoch.
type key struct {
	logID  string
	epoch  uint64
	skey   string
	vkey   string
	signer note.Signer
}

// newKey makes the key of a log's epoch.
func newKey(logID string, epoch uint64) (*key, error) {
	skey, vkey, err := note.GenerateKey(rand.Reader, KeyName(logID, epoch))
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return &key{logID: logID, epoch: epoch, skey: skey, vkey: vkey, signer: signer}, nil
}

// errKeyFile says that a file has no private key of a log.
var errKeyFile = errors.New("no private key of an audit log")

// parseKey reads a private key and works out its verification key.
func parseKey(text string) (*key, error) {
	k := &key{skey: strings.TrimSuffix(text, "\n")}
	var err error
	if k.signer, err = note.NewSigner(k.skey); err != nil {
		return nil, errKeyFile // note's error has no more to say
	}
	id, epoch, ok := strings.Cut(strings.TrimPrefix(k.signer.Name(), originPrefix), "/epoch-")
	if k.epoch, err = strconv.ParseUint(epoch, 10, 64); err != nil || !ok || !isLogID([]byte(id)) {
		return nil, errKeyFile
	}
	k.logID = id
	if k.vkey, err = verificationKey(k.skey); err != nil {
		return nil, err
	}
	return k, nil
}

// verificationKey works the public key out of a private one that is sound.
func verificationKey(skey string) (string, error) {
	fields := strings.SplitN(skey, "+", 5) // PRIVATE+KEY+name+hash+base64
	raw, err := base64.StdEncoding.DecodeString(fields[len(fields)-1])
	if err != nil || len(raw) != 1+ed25519.SeedSize {
		return "", errKeyFile
	}
	public := ed25519.NewKeyFromSeed(raw[1:]).Public().(ed25519.PublicKey)
	vkey, err := note.NewEd25519VerifierKey(fields[2], public)
	if err != nil {
		return "", fmt.Errorf("%w: %w", errKeyFile, err)
	}
	return vkey, nil
}

// sign signs a text as a note.
func (k *key) sign(text string) ([]byte, error) {
	signed, err := note.Sign(&note.Note{Text: text}, k.signer)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return signed, nil
}

// keyDir is the directory of keys, of which one log makes use.
type keyDir struct {
	dir  string
	sync func(*os.File) error
	lock *flock.Flock
}

// openKeyDir makes the directory and locks it: two logs would overwrite each
// other's key.
func openKeyDir(dir string, sync func(*os.File) error) (*keyDir, error) {
	if err := ensureDir(dir); err != nil {
		return nil, fmt.Errorf("make the directory of keys: %w", err)
	}
	if err := clearTheWay(dir, keyLockName, keyFile, keyFile+".tmp", keyFile+nextSuffix, keyFile+nextSuffix+".tmp", pubFile, pubFile+".tmp"); err != nil {
		return nil, err
	}
	d := &keyDir{dir: dir, sync: sync, lock: flock.New(filepath.Join(dir, keyLockName), flock.SetPermissions(0o600))}
	locked, err := d.lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the directory of keys: %w", errors.Join(err, d.lock.Close()))
	}
	if !locked {
		return nil, fmt.Errorf("directory of keys %s: %w", dir, errors.Join(ErrKeysLocked, d.lock.Close()))
	}
	return d, nil
}

func (d *keyDir) close() error { return d.lock.Close() }

// load reads a private key; nil when there is none or it is none.
func (d *keyDir) load(name string) (*key, error) {
	b, err := d.read(name)
	if err != nil || b == nil {
		return nil, err
	}
	k, err := parseKey(string(b))
	if err != nil {
		return nil, nil //nolint:nilerr // erased half, or damaged: of no more use than none
	}
	return k, nil
}

// read returns a file's content, nil when there is no such file.
func (d *keyDir) read(name string) ([]byte, error) {
	b, err := readSmall(filepath.Join(d.dir, name), maxKeyBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	return b, nil
}

// store makes a file durable in one step.
func (d *keyDir) store(name, text string) error {
	temp := filepath.Join(d.dir, name+".tmp")
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|safefile.NoFollow, 0o600)
	if err != nil {
		return fmt.Errorf("store key: %w", err)
	}
	_, err = f.WriteString(text)
	if err == nil {
		err = d.sync(f)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("store key: %w", errors.Join(err, os.Remove(temp)))
	}
	if err := os.Rename(temp, filepath.Join(d.dir, name)); err != nil {
		return fmt.Errorf("store key: %w", err)
	}
	return safefile.SyncDir(d.dir)
}

// erase overwrites a private key. What a disk keeps of old blocks is out of reach.
func (d *keyDir) erase(name string) error {
	f, err := safefile.Open(filepath.Join(d.dir, name), os.O_WRONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("erase key: %w", err)
	}
	_, err = f.WriteAt(make([]byte, maxKeyBytes), 0)
	if err == nil {
		err = d.sync(f)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("erase key: %w", err)
	}
	return nil
}

// promote puts the next key in the place of the one that is there, which is
// erased: not before the next one is known to be on disk.
func (d *keyDir) promote(next *key) error {
	stored, err := d.load(keyFile + nextSuffix)
	if err != nil {
		return err
	}
	if stored == nil || stored.skey != next.skey {
		if err := d.store(keyFile+nextSuffix, next.skey+"\n"); err != nil {
			return err
		}
	}
	if err := d.erase(keyFile); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(d.dir, keyFile+nextSuffix), filepath.Join(d.dir, keyFile)); err != nil {
		return fmt.Errorf("put the next key in place: %w", err)
	}
	return safefile.SyncDir(d.dir)
}

// discard removes a next key that nobody was told of.
func (d *keyDir) discard() error {
	if err := d.erase(keyFile + nextSuffix); err != nil {
		return err
	}
	err := os.Remove(filepath.Join(d.dir, keyFile+nextSuffix))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("discard a key: %w", err)
	}
	return nil
}

// first makes the key of a new log's epoch 0. A verification key of an older
// log is kept under the name audit-<log id>.pub.
func (d *keyDir) first(logID string) (*key, error) {
	k, err := newKey(logID, 0)
	if err != nil {
		return nil, err
	}
	if err := d.discard(); err != nil {
		return nil, err
	}
	if old, err := d.read(pubFile); err != nil {
		return nil, err
	} else if id := vkeyLog(string(old)); id != "" {
		if err := d.store("audit-"+id+".pub", string(old)); err != nil {
			return nil, err
		}
	}
	if err := d.erase(keyFile); err != nil {
		return nil, err
	}
	// The private key comes last: with it, the pair is there.
	if err := d.store(pubFile, k.vkey+"\n"); err != nil {
		return nil, err
	}
	return k, d.store(keyFile, k.skey+"\n")
}

// vkeyLog returns the id of the log that a verification key is of, else "".
func vkeyLog(vkey string) string {
	name, _, _ := strings.Cut(vkey, "+")
	id, _, _ := strings.Cut(strings.TrimPrefix(name, originPrefix), "/")
	if !isLogID([]byte(id)) {
		return ""
	}
	return id
}
