package report

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/agenttree"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/auditverify"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/report/gantt"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// CaseFormat names the form of a case file's JSON.
const CaseFormat = "agent-telemetry/session-report/v1"

// Bounds of the proofs that a case file holds.
const (
	maxCaseProofs = 25
	maxProvenLine = 64 << 10 // bytes of a record with a proof
)

// CaseFile is one session with everything that happened in it, and with proof. Its
// JSON is a contract: fields may be added, none is renamed. Session, agents and entries
// are those of agent-telemetry timeline.
type CaseFile struct {
	Format  string        `json:"format"` // CaseFormat
	Made    time.Time     `json:"made"`
	By      string        `json:"by"`
	Session story.Session `json:"session"`
	Agents  []story.Agent `json:"agents"`
	// AgentTree has the main agent and the session's agents below who called them, and
	// what each did; Turns are the times from a prompt to the answer, at most 10,000.
	AgentTree    []agenttree.Agent `json:"agent_tree"`
	Turns        []gantt.Turn      `json:"turns"`
	TurnsLeftOut int               `json:"turns_left_out"`

	// Coordination is how the agents worked together, as docs/coordination.md says; null
	// without sub-agents.
	Coordination *coordination.Session `json:"coordination"`

	Missing   int       `json:"missing"`  // numbers of the session that no record has
	LeftOut   int       `json:"left_out"` // records that were too many to be told of: the newest
	Cut       int       `json:"cut"`      // records that lost a part of their text
	Doubled   int       `json:"doubled"`  // records that came twice
	Damaged   int       `json:"damaged"`  // lines of the log that could not be read
	Audit     Audit     `json:"audit"`
	Integrity Integrity `json:"integrity"`
	// Proofs are of the session's first and last record and of its alerts, at most 25.
	Proofs  []CaseProof   `json:"proofs"`
	Entries []story.Entry `json:"entries"`
}

// CaseProof is an inclusion proof with what it is of.
type CaseProof struct {
	Of    string             `json:"of"` // first record, last record, or alert and its rule
	Seq   int64              `json:"seq"`
	Proof *auditverify.Proof `json:"proof"` // as agent-telemetry prove makes it
}

// CaseOptions say which session is reported.
type CaseOptions struct {
	Audit   string // directory of the log
	Session string // its id, or the start of it
	Now     time.Time
	By      string
	Verify  auditverify.Options
	NoKey   string
	// Progress, when set, is told now and then how many records were read.
	Progress func(records int)
}

// BuildCase makes the case file of a session. Errors: story.ErrNoSession,
// *story.AmbiguousError. A log that cannot be verified, or was tampered with, is no
// error: the file says so.
func BuildCase(ctx context.Context, o CaseOptions) (*CaseFile, error) {
	source := story.Audit(o.Audit)
	id, err := story.Find(ctx, source, story.Query{}, o.Session)
	if err != nil {
		return nil, fmt.Errorf("find the session: %w", err)
	}
	s, err := story.Load(ctx, source, story.Query{Session: id}, story.Limits{})
	if err != nil {
		return nil, fmt.Errorf("read the session: %w", err)
	}
	c := &CaseFile{
		Format: CaseFormat, Made: o.Now.UTC(), By: o.By, Session: s.Session, Agents: s.Agents, Entries: s.Entries,
		Missing: s.Missing, LeftOut: s.LeftOut, Cut: s.Cut, Doubled: s.Doubled, Damaged: s.Damaged, Audit: Audit{Directory: o.Audit}, Proofs: []CaseProof{},
	}
	if c.Agents == nil {
		c.Agents = []story.Agent{}
	}
	b := &caseBuilder{options: o, file: c, kept: map[int64]keptLine{}}
	if len(c.Agents) > 0 {
		b.together = coordination.NewAnalyzer(coordination.Limits{})
	}
	err = auditlog.Read(ctx, o.Audit, auditlog.Filter{SessionID: id, Kind: auditlog.KindLog}, func(e auditlog.Entry) error { b.entry(&e); return nil })
	if errors.Is(err, auditlog.ErrCorrupt) {
		c.Audit.Damaged, err = err.Error(), nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the audit log: %w", err)
	}
	b.keep(b.last)
	b.agents()
	return c, b.integrity(ctx)
}

// keptLine is a record that gets a proof.
type keptLine struct {
	of   string
	line []byte
}

type caseBuilder struct {
	options  CaseOptions
	file     *CaseFile
	evidence evidence
	kept     map[int64]keptLine
	last     keptRecord
	together *coordination.Analyzer // nil without sub-agents
}

type keptRecord struct {
	seq int64
	keptLine
}

func (b *caseBuilder) entry(e *auditlog.Entry) {
	b.evidence.add(e)
	b.coordinate(e)
	a := &b.file.Audit
	seq := e.Seq
	first := a.Records == 0
	if a.Records++; first {
		a.FirstSeq = &seq
	}
	a.LastSeq = &seq
	if b.options.Progress != nil && a.Records%1000 == 0 {
		b.options.Progress(a.Records)
	}
	r := keptRecord{int64(e.Seq), keptLine{"last record", nil}} //nolint:gosec // a log has not so many records
	if len(e.Line) <= maxProvenLine {
		r.line = slices.Clone(e.Line)
	}
	b.last = r
	switch {
	case first:
		r.of = "first record"
		b.keep(r)
	case e.Attribute(semconv.EventType) == semconv.EventSecurityAlert && len(b.kept) < maxCaseProofs-1:
		r.of = "alert: " + bounded(e.Attribute(semconv.RuleName), maxName)
		b.keep(r)
	}
}

// keep remembers a record for a proof, unless it has one already or is too long.
func (b *caseBuilder) keep(r keptRecord) {
	if _, there := b.kept[r.seq]; !there && r.line != nil {
		b.kept[r.seq] = r.keptLine
	}
}

// integrity verifies the log, and makes the proofs.
func (b *caseBuilder) integrity(ctx context.Context) error {
	i := &b.file.Integrity
	o := b.options.Verify
	o.Dir = b.options.Audit
	if err := i.verify(ctx, o, b.options.NoKey, &b.evidence); err != nil {
		return err
	}
	proofs := map[int64]auditverify.Inclusion{}
	err := i.prove(ctx, o, &b.evidence, func(in auditverify.Inclusion) {
		if _, wanted := b.kept[in.Seq]; wanted {
			proofs[in.Seq] = in
		}
	})
	if err != nil || i.Against == nil {
		return err
	}
	for seq, in := range proofs {
		k := b.kept[seq]
		b.file.Proofs = append(b.file.Proofs, CaseProof{Of: k.of, Seq: seq, Proof: proofOf(i.Against, in, k.line)})
	}
	slices.SortFunc(b.file.Proofs, func(x, y CaseProof) int { return int(x.Seq - y.Seq) })
	return nil
}

func proofOf(p *auditverify.Pack, in auditverify.Inclusion, line []byte) *auditverify.Proof {
	return &auditverify.Proof{
		Format: auditverify.ProofFormat, Origin: p.Origin, VKey: p.VKey, Seq: in.Seq, Line: line,
		TreeSize: p.TreeSize, Hashes: in.Hashes, Checkpoint: p.Checkpoint, Keys: p.Keys,
	}
}

// WriteJSON writes the case file as one object, an entry a line.
func (c *CaseFile) WriteJSON(out io.Writer) error {
	w := bufio.NewWriterSize(out, 1<<16)
	head := *c
	head.Entries = nil
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(&head); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	if _, err := w.Write(bytes.TrimSuffix(bytes.TrimSpace(text.Bytes()), []byte(",\n  \"entries\": null\n}"))); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	a := &arrays{w: w}
	a.table("entries", func() error {
		for i := range c.Entries {
			if err := a.row(&c.Entries[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return a.end()
}
