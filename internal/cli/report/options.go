package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/auditkey"
	"github.com/agent-telemetry/agent-telemetry/internal/report"
)

// complete fills in what was not given, and finds what is wrong with the flags.
func (o *Options) complete() error {
	var errs []error
	switch {
	case o.JSON:
		o.Format = formatJSON
	case o.Format == "pdf":
		o.Format = formatPrint
	}
	if !slices.Contains([]string{formatHTML, formatPrint, formatCSV, formatJSON}, o.Format) {
		errs = append(errs, fmt.Errorf("--format: must be html, pdf-ready, csv or json, not %q", o.Format))
	}
	if o.Table != "" && !slices.Contains(report.TableNames(), o.Table) {
		errs = append(errs, fmt.Errorf("--table: must be one of %s, not %q", strings.Join(report.TableNames(), ", "), o.Table))
	}
	if o.Session != "" && o.Format == formatCSV {
		errs = append(errs, errors.New("--format: a session is written as html, pdf-ready or json; agent-telemetry timeline --csv writes it as CSV"))
	}
	if o.Rows < 1 || o.Rows > maxRows {
		errs = append(errs, fmt.Errorf("--rows: must be from 1 to %d", maxRows))
	}
	for _, w := range o.With {
		if !slices.Contains([]string{withTranscripts, withNative, withNone}, w) {
			errs = append(errs, fmt.Errorf("--with: must be of transcripts, native, none, not %q", w))
		}
	}
	if o.verify.MaxAnchorAge <= 0 {
		errs = append(errs, errors.New("--max-anchor-age: must be above 0"))
	}
	if len(o.verify.Receipts) > 0 && len(o.Witnesses) == 0 && o.TSARoots == "" {
		errs = append(errs, errors.New("--receipts: they are read for what a witness or a time-stamping authority signed in them: give --witness or --tsa-ca"))
	}
	errs = append(errs, o.period())
	var err error
	if o.verify.Witnesses, err = auditkey.Witnesses(o.Witnesses); err != nil {
		errs = append(errs, err)
	}
	if o.verify.TSARoots, err = auditkey.Roots(o.TSARoots); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// maxRows is how many rows of a table HTML can show; a browser opens them still.
const maxRows = 100_000

// sources finds the log and its key.
func (o *Options) sources() (err error) {
	if o.home, err = o.Factory.Home(); err != nil {
		return fmt.Errorf("find the state directory: %w", err)
	}
	if o.own = o.Audit == ""; o.own {
		o.Audit = o.home.Audit()
	}
	segments, err := auditlog.Segments(o.Audit)
	if err == nil && len(segments) == 0 {
		err = fmt.Errorf("there is no audit log in %s: name its directory with --audit or --home", o.Audit)
	}
	if err != nil {
		return err
	}
	o.verify.KeyLocal = o.Key == ""
	o.verify.VKey, o.verify.KeyFile, err = auditkey.Read(o.Key, o.home)
	if errors.Is(err, auditkey.ErrNone) {
		o.noKey, err = err.Error(), nil // the report says that nothing could be verified
	}
	return err
}
