package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// Names of the tables, in JSON and of the files of CSV.
const (
	TableSessions      = "sessions"
	TableModifications = "file_modifications"
	TableViolations    = "scope_violations"
	TableAlerts        = "alerts"
)

// WriteJSON writes the report with all rows as one object: the fields of Report, and
// an array for each table.
func (r *Result) WriteJSON(out io.Writer) error {
	w := bufio.NewWriterSize(out, 1<<16)
	var head bytes.Buffer
	enc := json.NewEncoder(&head)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r.Report); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	body := bytes.TrimSuffix(bytes.TrimSpace(head.Bytes()), []byte("\n}"))
	if _, err := w.Write(body); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	a := &arrays{w: w}
	a.table(TableSessions, func() error { return r.Sessions(func(s *Session) error { return a.row(s) }) })
	a.table(TableModifications, func() error { return r.Modifications(func(m *Modification) error { return a.row(m) }) })
	a.table(TableViolations, func() error { return r.Violations(func(v *Violation) error { return a.row(v) }) })
	a.table(TableAlerts, func() error { return r.Alerts(func(x *Alert) error { return a.row(x) }) })
	return a.end()
}

// arrays writes tables behind the fields of an object, a row a line.
type arrays struct {
	w     *bufio.Writer
	first bool
	err   error
}

// end ends the object.
func (a *arrays) end() error {
	if a.err == nil {
		_, a.err = a.w.WriteString("\n}\n")
	}
	if a.err == nil {
		a.err = a.w.Flush()
	}
	if a.err != nil {
		return fmt.Errorf("write the report: %w", a.err)
	}
	return nil
}

func (a *arrays) table(name string, rows func() error) {
	if a.err != nil {
		return
	}
	a.first = true
	if _, a.err = fmt.Fprintf(a.w, ",\n  %q: [", name); a.err != nil {
		return
	}
	if a.err = rows(); a.err != nil {
		return
	}
	end := "\n  ]"
	if a.first {
		end = "]"
	}
	_, a.err = a.w.WriteString(end)
}

func (a *arrays) row(row any) error {
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(row); err != nil {
		return err
	}
	separator := ",\n    "
	if a.first {
		separator, a.first = "\n    ", false
	}
	if _, err := a.w.WriteString(separator); err != nil {
		return err
	}
	_, err := a.w.Write(bytes.TrimSuffix(line.Bytes(), []byte("\n")))
	return err
}
