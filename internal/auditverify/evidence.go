package auditverify

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/timestamptoken"
)

// Kind says why an anchor is one.
type Kind string

// Kinds of anchors.
const (
	// Copy is a checkpoint that the auditor fetched from elsewhere.
	Copy Kind = "copy"
	// Cosignature is a checkpoint that a witness signed, too.
	Cosignature Kind = "cosignature"
	// Timestamp is a checkpoint for which a time-stamping authority signed a token.
	Timestamp Kind = "timestamp"
)

// proof is what makes a checkpoint an anchor.
type proof struct {
	kind Kind
	by   string    // who signed; "" for a copy
	at   time.Time // when they did
	// host says that it was kept by this host, which can withhold newer ones.
	host bool
	// ends is when the authority's certificate does.
	ends time.Time
}

// exhibit is a checkpoint with what others may have signed.
type exhibit struct {
	checkpoint
	lines string // signature lines
	token []byte
	host  bool

	anchors  []*checkpoint
	findings []Finding // their Check says of what; those of a token that does not count warn
	forged   []Finding
	tokens   int
	seen     []bool // by witness: it cosigned this
}

// evidence is what was found besides copies.
type evidence struct {
	witnesses []*witness
	roots     *x509.CertPool
	receipts  int64
	unread    int
	cosigned  []int64 // by witness
	tokens    int64
	sound     int64
	findings  []Finding
	forged    []Finding
}

// asked says whether anything is to vouch for the log besides its own key.
func (o *Options) asked() bool {
	return len(o.Anchors) > 0 || len(o.Witnesses) > 0 || o.TSARoots != nil
}

// loadEvidence reads the anchors and what witnesses and authorities signed.
func (r *run) loadEvidence() (err error) {
	if r.anchors, err = loadAnchors(r.opts.Anchors, r.keys.origin); err != nil {
		return err
	}
	e := &r.evid
	e.roots = r.opts.TSARoots
	for _, vkey := range r.opts.Witnesses {
		w, err := parseWitness(strings.TrimSpace(vkey))
		if err != nil {
			return err
		}
		e.witnesses = append(e.witnesses, w)
	}
	e.cosigned = make([]int64, len(e.witnesses))
	if len(e.witnesses) == 0 && e.roots == nil {
		return nil
	}
	exhibits, err := r.exhibits()
	if err != nil {
		return err
	}
	e.examine(exhibits)
	for _, x := range exhibits {
		r.anchors.list = append(r.anchors.list, x.anchors...)
	}
	slices.SortStableFunc(r.anchors.list, func(a, b *checkpoint) int { return cmp.Or(cmp.Compare(a.size, b.size), a.proof.at.Compare(b.proof.at)) })
	return nil
}

// exhibits collects the checkpoints of this log that others may have signed.
func (r *run) exhibits() (list []*exhibit, err error) {
	for _, a := range r.anchors.list {
		x := &exhibit{checkpoint: *a}
		_, x.lines, _ = strings.Cut(string(a.note), "\n\n")
		list = append(list, x)
	}
	files, err := receiptFiles(r.opts.Dir, r.opts.Receipts)
	if err != nil {
		return nil, err
	}
	e := &r.evid
	budget := int64(maxAnchorBytes)
	seen := make(map[[sha256.Size]byte]bool)
	for _, file := range files {
		read, bad, err := readReceipts(file, budget, func(rec receipt) {
			id := sha256.Sum256(append([]byte(rec.Note+"\n"), rec.Proof...))
			c, err := parseCheckpoint([]byte(rec.Note))
			switch {
			case seen[id] || len(rec.Proof) == 0:
				return
			case err != nil:
				e.unread++
				return
			case c.origin != r.keys.origin:
				return
			}
			seen[id] = true
			e.receipts++
			c.file, c.offset = rec.file, rec.offset
			x := &exhibit{checkpoint: c, host: true}
			if bytes.HasPrefix(rec.Proof, []byte(signatureMark)) {
				x.lines = string(rec.Proof)
			} else {
				x.token = rec.Proof
			}
			list = append(list, x)
		})
		if err != nil {
			return nil, err
		}
		budget -= read
		e.unread += bad
	}
	return list, nil
}

// examine checks what others signed, on all processors.
func (e *evidence) examine(list []*exhibit) {
	var wg sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), len(list))
	for n := range workers {
		wg.Go(func() {
			for i := n; i < len(list); i += workers {
				e.one(list[i])
			}
		})
	}
	wg.Wait()
	for _, x := range list {
		for i := range x.seen {
			if x.seen[i] {
				e.cosigned[i]++
			}
		}
		e.tokens += int64(x.tokens)
		for _, a := range x.anchors {
			if a.proof.kind == Timestamp {
				e.sound++
			}
		}
		e.findings = append(e.findings, x.findings[:min(len(x.findings), maxFindings)]...)
		e.forged = append(e.forged, x.forged...)
	}
}

func (e *evidence) one(x *exhibit) {
	x.seen = make([]bool, len(e.witnesses))
	text, _, _ := strings.Cut(string(x.note), "\n\n")
	add := func(p proof) {
		c := x.checkpoint
		p.host = x.host
		c.proof = p
		x.anchors = append(x.anchors, &c)
	}
	at := Finding{Seq: -1, Segment: x.file, Offset: x.offset}
	for i, w := range e.witnesses {
		when, found, good := w.cosigned(text+"\n", x.lines)
		switch {
		case good:
			x.seen[i] = true
			add(proof{kind: Cosignature, by: w.name, at: when})
		case found:
			f := at
			f.Check, f.Message = CheckCosignatures, fmt.Sprintf("the cosignature of %s under the checkpoint of size %d is forged", w.name, x.size)
			x.forged = append(x.forged, f)
		}
	}
	if e.roots == nil || len(x.token) == 0 {
		return
	}
	x.tokens++
	token, err := timestamptoken.Check(x.token, x.note, e.roots)
	switch {
	case err == nil:
		add(proof{kind: Timestamp, by: token.Signer.Subject.CommonName, at: token.Time.UTC()})
		x.anchors[len(x.anchors)-1].proof.ends = token.Expired
	case errors.Is(err, timestamptoken.ErrUntrusted):
		f := at
		f.Check, f.Message = CheckTokens, fmt.Sprintf("the token for the checkpoint of size %d does not count: %v", x.size, err)
		x.findings = append(x.findings, f)
	default:
		f := at
		f.Check, f.Message = CheckTokens, fmt.Sprintf("the token for the checkpoint of size %d is forged or damaged: %v", x.size, err)
		x.forged = append(x.forged, f)
	}
}
