package auditexport

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/auditverify"
	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

// MaxProofs is how many records of an export can be proven; it bounds the memory
// to some 100 MB.
const MaxProofs = 500_000

// Options say what is exported.
type Options struct {
	Audit  string // directory of the log
	Out    string // directory to make; it must not be there
	Filter Filter
	Lines  bool // events.jsonl; needed for proofs
	Table  bool // events.csv
	// VKey is the log's verification key of epoch 0, and KeyFile where it is
	// from; without one nothing is proven, and NoKey is the reason.
	VKey, KeyFile string
	NoKey         string
	By            string // program and version
	Now           time.Time
	// Progress, when set, is told now and then how many records match.
	Progress func(records int)
}

// Errors of Export.
var (
	// ErrNothing says that no record matches; nothing was made.
	ErrNothing = errors.New("no record of the audit log matches")
	// ErrThere says that the place of the export is taken.
	ErrThere = errors.New("is there already: an export overwrites nothing, name another directory")
)

// Export makes an export. After an error nothing of it is left. Records that
// cannot be read are passed over, which the manifest says.
func Export(ctx context.Context, o Options) (m *Manifest, err error) {
	if err := os.Mkdir(o.Out, 0o700); errors.Is(err, os.ErrExist) {
		return nil, fmt.Errorf("export: %s %w", o.Out, ErrThere)
	} else if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	x := &exporter{options: o}
	defer func() {
		if err != nil {
			err = errors.Join(err, x.undo())
		}
	}()
	x.manifest = Manifest{Format: Format, Made: o.Now.UTC(), By: o.By, Filter: o.Filter, Files: []File{}}
	if err := x.records(ctx); err != nil {
		return nil, err
	}
	if x.manifest.Records == 0 {
		return nil, ErrNothing
	}
	if err := x.prove(ctx); err != nil {
		return nil, err
	}
	return &x.manifest, x.finish()
}

// exporter makes one export.
type exporter struct {
	options  Options
	manifest Manifest
	made     []string // files
	seqs     []int64
	leaves   []tlog.Hash
	tooMany  bool
}

func (x *exporter) create(name string) (*file, error) {
	w, err := create(x.options.Out, name)
	if err == nil {
		x.made = append(x.made, name)
	}
	return w, err
}

// close ends a file and names it in the manifest.
func (x *exporter) close(w *file) error {
	if w == nil {
		return nil
	}
	err := w.close()
	x.manifest.Files = append(x.manifest.Files, w.File)
	return err
}

// records writes what matches.
func (x *exporter) records(ctx context.Context) (err error) {
	var lines, table *file
	if x.options.Lines {
		if lines, err = x.create(LinesName); err != nil {
			return err
		}
	}
	if x.options.Table {
		if table, err = x.create(TableName); err == nil {
			err = writeHeader(table)
		}
	}
	if err == nil {
		f := x.options.Filter
		filter := auditlog.Filter{
			Since: f.Since, Until: f.Until, SessionID: f.Session, Project: f.Project, Tool: f.Tool, EventType: f.Event, Kind: auditlog.KindLog,
		}
		err = auditlog.Read(ctx, x.options.Audit, filter, func(e auditlog.Entry) error { return x.record(&e, lines, table) })
		if errors.Is(err, auditlog.ErrCorrupt) {
			x.manifest.Damaged, err = err.Error(), nil
		}
	}
	return errors.Join(err, x.close(lines), x.close(table))
}

func (x *exporter) record(e *auditlog.Entry, lines, table *file) error {
	m := &x.manifest
	seq := int64(e.Seq) //nolint:gosec // a log has not so many records
	if m.Records++; m.FirstSeq == nil {
		m.FirstSeq = &seq
		if l, err := auditlog.ParseLine(e.Line); err == nil {
			m.Log = l.Log
		}
	}
	m.LastSeq = &seq
	if len(x.seqs) < MaxProofs {
		x.seqs, x.leaves = append(x.seqs, seq), append(x.leaves, auditlog.LeafHash(e.Line))
	} else {
		x.tooMany = true
	}
	if lines != nil {
		lines.Records++
		if _, err := lines.Write(append(e.Line, '\n')); err != nil {
			return fmt.Errorf("export: %w", err)
		}
	}
	if table != nil {
		table.Records++
		if err := writeEntry(table, e); err != nil {
			return fmt.Errorf("export: %w", err)
		}
	}
	if x.options.Progress != nil && m.Records%1000 == 0 {
		x.options.Progress(m.Records)
	}
	return nil
}

// prove writes the proofs, or why there are none.
func (x *exporter) prove(ctx context.Context) error {
	p := &x.manifest.Proofs
	switch {
	case !x.options.Lines:
		p.Reason = "only the lines of events.jsonl can be proven, and it was not asked for"
	case x.options.VKey == "":
		p.Reason = x.options.NoKey
	case x.tooMany:
		p.Reason = fmt.Sprintf("an export of more than %d records is not proven: narrow it, or make several", MaxProofs)
	case !slices.IsSorted(x.seqs):
		p.Reason = "the log is out of order: verify tells where"
	default:
		return x.proofs(ctx)
	}
	p.Missing = x.manifest.Records
	return nil
}

func (x *exporter) proofs(ctx context.Context) error {
	w, err := x.create(ProofsName)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(w)
	at := 0
	pack, err := auditverify.ProveMany(ctx, auditverify.Options{Dir: x.options.Audit, VKey: x.options.VKey, KeyFile: x.options.KeyFile}, x.seqs,
		func(seq int64) tlog.Hash {
			for x.seqs[at] != seq {
				at++
			}
			return x.leaves[at]
		},
		func(in auditverify.Inclusion) error { w.Records++; return enc.Encode(in) })
	p := &x.manifest.Proofs
	switch {
	case ctx.Err() != nil:
		return errors.Join(ctx.Err(), w.close())
	case err != nil:
		// An investigator needs the records of a damaged log most of all.
		p.Reason, p.Missing = err.Error(), x.manifest.Records
		x.made = slices.DeleteFunc(x.made, func(name string) bool { return name == ProofsName })
		return errors.Join(w.close(), os.Remove(filepath.Join(x.options.Out, ProofsName)))
	}
	p.Against, p.Proven, p.Missing = pack, w.Records, x.manifest.Records-w.Records
	if p.Missing > 0 {
		p.Reason = fmt.Sprintf("the newest checkpoint covers %d records", pack.TreeSize)
	}
	return x.close(w)
}

// finish writes the manifest and makes everything durable.
func (x *exporter) finish() error {
	text, err := json.MarshalIndent(&x.manifest, "", "  ")
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	w, err := x.create(ManifestName)
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	if err = errors.Join(err, w.close()); err != nil {
		return err
	}
	return errors.Join(safefile.SyncDir(x.options.Out), safefile.SyncDir(filepath.Dir(filepath.Clean(x.options.Out))))
}

// undo removes what was made.
func (x *exporter) undo() error {
	var errs []error
	for _, name := range x.made {
		errs = append(errs, os.Remove(filepath.Join(x.options.Out, name)))
	}
	if err := errors.Join(append(errs, os.Remove(x.options.Out))...); err != nil {
		return fmt.Errorf("remove what was exported: %w", err)
	}
	return nil
}
