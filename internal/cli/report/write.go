package report

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/agent-telemetry/agent-telemetry/internal/auditverify"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/report"
	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
	"github.com/agent-telemetry/agent-telemetry/internal/version"
)

type writer = io.Writer

func by() string { return "agent-telemetry " + version.Version }

// write writes a report to the file that was named, to byDefault, or to standard
// output, and tells of a file what it is.
func (o *Options) write(byDefault string, encode func(writer) error, told func(file string) string) error {
	file := o.Out
	if file == "" {
		file = byDefault
	}
	if file == "" || file == "-" {
		if o.Factory.IO.OutTTY && o.Format == formatCSV && o.Table == "" {
			return usage(errors.New("a zip archive is not for a terminal: name a file with -o"))
		}
		return encode(o.Factory.IO.Out)
	}
	if err := writeFile(file, encode); err != nil {
		return fmt.Errorf("write %s: %w", termtext.Clean(file), err)
	}
	if _, err := io.WriteString(o.Factory.IO.Out, told(termtext.Clean(file))); err != nil {
		return fmt.Errorf("print the result: %w", err)
	}
	return nil
}

// writeFile writes a file as a whole or not at all, for its owner alone. It takes the
// place of a file that is there.
func writeFile(path string, encode func(writer) error) (err error) {
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return errors.New("it is there, and is no regular file")
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".agent-telemetry-report-*") // 0600
	if err != nil {
		return err
	}
	err = encode(f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return safefile.SyncDir(filepath.Dir(path))
}

// told says what is in a report.
func (o *Options) told(r *report.Result, file string) string {
	s := &r.Summary
	return fmt.Sprintf("%s\n  %d sessions, %d events, %d file modifications, %d scope violations, %d alerts (%d open)\n  %s\n",
		file, s.Sessions, s.Events, s.Modifications, s.Outside, s.Alerts, s.AlertsOpen, o.verdict(&r.Integrity))
}

// verdict says in a line what the log is worth.
func (o *Options) verdict(i *report.Integrity) string {
	paint := func(sgr, s string) string {
		if !o.Factory.IO.Color {
			return s
		}
		return "\x1b[" + sgr + "m" + s + "\x1b[0m"
	}
	switch {
	case i.Failed():
		return paint("1;31", "✗ the audit log was changed after it was written")
	case i.Unknown():
		return paint("33", "? the audit log could not be verified")
	case i.Verify.Verdict == auditverify.NotAnchored:
		return paint("33", "! the audit log is consistent, but not anchored") + " (agent-telemetry verify --help)"
	}
	return paint("32", "✓ the audit log is verified and anchored")
}

// Progress begins only after a while, and is told a few times a second.
const (
	progressAfter = time.Second
	progressEvery = 200 * time.Millisecond
)

// progress shows on a terminal how much of the log was read. The function that it
// returns takes that away again.
func (o *Options) progress(r *report.Options) (end func()) {
	f, ok := o.Factory.IO.Err.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return func() {}
	}
	next, shown := time.Now().Add(progressAfter), false
	tell := func(what string, records int64) {
		if now := time.Now(); now.After(next) {
			next, shown = now.Add(progressEvery), true
			_, _ = fmt.Fprintf(f, "\r%d records %s\x1b[K", records, what) // who does not see it loses nothing
		}
	}
	r.Progress = func(records int) { tell("read", int64(records)) }
	r.Verify.Progress = func(records int64) { tell("verified", records) }
	return func() {
		if shown {
			_, _ = fmt.Fprint(f, "\r"+strings.Repeat(" ", 40)+"\r")
		}
	}
}
