package auditverify

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// originPrefix begins the origin of every log; its id follows.
const originPrefix = "agent-telemetry/"

// OriginOf returns the origin of the log whose first verification key is vkey:
// the key's name without its epoch.
func OriginOf(vkey string) (string, error) {
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return "", fmt.Errorf("read the verification key: %w", err)
	}
	origin, ok := strings.CutSuffix(v.Name(), "/epoch-0")
	if !ok || !validOrigin(origin) {
		return "", fmt.Errorf("read the verification key: %w: %q", errKeyName, v.Name())
	}
	return origin, nil
}

var errKeyName = errors.New("its name is not agent-telemetry/<log id>/epoch-0")

func validOrigin(origin string) bool {
	id, ok := strings.CutPrefix(origin, originPrefix)
	return ok && len(id) == logIDLength && validLogID([]byte(id))
}

// key is a public key of the log.
type key struct {
	epoch    int64
	order    int // among the keys of the log
	vkey     string
	verifier note.Verifier
	// seq of the record that handed over to it; -1 for the first key.
	seq int64
	// signer is who handed over.
	signer *key
	// handed is the note by which it did.
	handed string
	// covers is the largest size of the checkpoints signed by it.
	covers int64
	used   bool
	from   int64 // size of the first of them
}

// keychain is what is known of the log's keys. It begins with the one key that
// comes from outside.
type keychain struct {
	origin string
	keys   []*key // in the order of the log
	named  map[string][]*key
}

// newKeychain starts with the key of epoch 0.
func newKeychain(origin, vkey string) (*keychain, error) {
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, fmt.Errorf("read the verification key: %w", err)
	}
	c := &keychain{origin: origin, named: make(map[string][]*key)}
	c.put(&key{vkey: vkey, verifier: v, seq: -1})
	return c, nil
}

func (c *keychain) put(k *key) {
	k.order = len(c.keys)
	c.keys = append(c.keys, k)
	c.named[k.verifier.Name()] = append(c.named[k.verifier.Name()], k)
}

func (c *keychain) logID() string { return strings.TrimPrefix(c.origin, originPrefix) }

// handover is a key record's claim that a new key is the log's.
type handover struct {
	Epoch     int64
	VKey      string
	Signature string // a note, signed by a key before
}

// parseHandover reads the note by which a key hands over. It checks no signature.
func parseHandover(signed []byte) (handover, error) {
	text, _, _ := strings.Cut(string(signed), "\n\n")
	lines := strings.Split(text, "\n")
	if len(lines) != 4 {
		return handover{}, errHandoverForm
	}
	epoch, err := strconv.ParseInt(lines[2], 10, 64)
	if err != nil || epoch < 0 {
		return handover{}, errHandoverForm
	}
	return handover{Epoch: epoch, VKey: lines[3], Signature: string(signed)}, nil
}

var errHandoverForm = errors.New("not a note by which a key hands over")

// maxEpochs is how many keys a log may have had.
const maxEpochs = 1_000_000

// addFile takes in the keys of the log's file of epochs. It is needed when the
// records that brought them were pruned; the signatures make it as good as those.
func (c *keychain) addFile(dir string) (bad []Finding, err error) {
	f, err := openRegular(filepath.Join(dir, epochsName))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the file of epochs: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	for r := newNoteReader(f); len(c.keys) < maxEpochs && len(bad) < maxFindings; {
		note, at, err := r.note()
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, errTornNote):
			return bad, nil
		case errors.Is(err, errNoteForm) || errors.Is(err, errNoteLong):
		case err != nil:
			return bad, fmt.Errorf("read the file of epochs: %w", err)
		default:
			var h handover
			if h, err = parseHandover(note); err == nil {
				_, err = c.add(h, -1)
			}
		}
		if err != nil {
			bad = append(bad, Finding{Seq: -1, Segment: epochsName, Offset: at, Message: fmt.Sprintf("%s at byte %d: %v", epochsName, at, err)})
		}
	}
	return bad, nil
}

// text is what the old key signed.
func (c *keychain) text(h handover) string {
	return "agent-telemetry key\n" + c.logID() + "\n" + strconv.FormatInt(h.Epoch, 10) + "\n" + h.VKey + "\n"
}

var errHandover = errors.New("no key of the log signed this handover")

// add takes the key of a handover in, if a key that is already here signed it.
func (c *keychain) add(h handover, seq int64) (*key, error) {
	v, err := note.NewVerifier(h.VKey)
	if err != nil {
		return nil, fmt.Errorf("read the new key: %w", err)
	}
	if want := c.origin + "/epoch-" + strconv.FormatInt(h.Epoch, 10); v.Name() != want {
		return nil, fmt.Errorf("the new key is named %q, not %q", v.Name(), want)
	}
	if len(h.Signature) > maxNoteBytes {
		return nil, errNoteLong
	}
	for i := len(c.keys) - 1; i >= 0; i-- {
		k := c.keys[i]
		n, err := note.Open([]byte(h.Signature), note.VerifierList(k.verifier))
		if err != nil {
			continue
		}
		switch {
		case n.Text != c.text(h):
			return nil, fmt.Errorf("%w: the signed text is another one", errHandover)
		case h.Epoch <= k.epoch:
			return nil, fmt.Errorf("epoch %d does not follow epoch %d", h.Epoch, k.epoch)
		}
		if same := c.find(v, h.VKey); same != nil {
			if same.seq < 0 {
				same.seq = seq // known from the file of epochs
			}
			return same, nil
		}
		added := &key{epoch: h.Epoch, vkey: h.VKey, verifier: v, seq: seq, signer: k, handed: h.Signature}
		c.put(added)
		return added, nil
	}
	return nil, errHandover
}

func (c *keychain) find(v note.Verifier, vkey string) *key {
	for _, k := range c.named[v.Name()] {
		if k.vkey == vkey {
			return k
		}
	}
	return nil
}

// signerOf returns the key that a note says it is signed by, or nil. Whether
// the signature is good is for verify to say.
func (c *keychain) signerOf(signed []byte) *key {
	_, lines, _ := strings.Cut(string(signed), "\n\n")
	for text := range strings.Lines(lines) {
		name, signature, ok := strings.Cut(strings.TrimPrefix(strings.TrimSuffix(text, "\n"), signatureMark), " ")
		if !ok || !strings.HasPrefix(text, signatureMark) {
			return nil
		}
		hash, err := base64.StdEncoding.DecodeString(signature)
		if err != nil || len(hash) < 4 {
			return nil
		}
		for _, k := range c.named[name] {
			if k.verifier.KeyHash() == binary.BigEndian.Uint32(hash) {
				return k
			}
		}
	}
	return nil
}

// verify reports whether k signed the note.
func (k *key) verify(signed []byte) bool {
	_, err := note.Open(signed, note.VerifierList(k.verifier))
	return err == nil
}
