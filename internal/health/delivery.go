package health

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditcursor"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// maxCursors bounds how many cursors are looked at.
const maxCursors = 100

// Delivery is how far a reader of the audit log has brought it to its backend.
type Delivery struct {
	Name    string     `json:"name"`      // of the receiver, such as audit_log/loki
	Behind  uint64     `json:"behind"`    // records of the log that could be delivered and were not, as of the last second
	AllAt   *time.Time `json:"all_at"`    // when all there was had been delivered last; null when it never was
	NextSeq uint64     `json:"next_seq"`  // the first record that was not
	Skipped uint64     `json:"skipped"`   // records that were gone, or could not be read, when it was their turn
	Refused uint64     `json:"refused"`   // records that the backend will never take
	Error   string     `json:"error"`     // why the cursor cannot be read
	Waiting float64    `json:"waiting_s"` // seconds since all_at, while there is something to deliver
}

// ReadDelivery looks at the cursors of what reads the audit log, by name.
func ReadDelivery(ctx context.Context, home statedir.Dir) ([]Delivery, error) {
	files, err := filepath.Glob(filepath.Join(globEscape(home.Queue()), "*"+auditcursor.Suffix))
	if err != nil || len(files) == 0 {
		return []Delivery{}, err
	}
	last, err := auditlog.Last(ctx, home.Audit(), 1, auditlog.Filter{})
	if err != nil && len(last) == 0 {
		return []Delivery{}, err
	}
	found := make([]Delivery, 0, len(files))
	for _, file := range files[:min(len(files), maxCursors)] {
		found = append(found, delivery(file, last))
	}
	return found, nil
}

func delivery(file string, last []auditlog.Entry) Delivery {
	name := strings.TrimSuffix(filepath.Base(file), auditcursor.Suffix)
	if plain, err := url.PathUnescape(name); err == nil {
		name = plain
	}
	c, err := auditcursor.Read(file)
	if err != nil {
		return Delivery{Name: name, Error: err.Error()}
	}
	d := Delivery{Name: name, NextSeq: c.NextSeq, Skipped: c.Skipped, Refused: c.Refused}
	if !c.CaughtUp.IsZero() {
		at := c.CaughtUp.UTC()
		d.AllAt = &at
	}
	if len(last) > 0 {
		if l, err := auditlog.ParseLine(last[0].Line); err == nil {
			d.Behind = c.Behind(l.Log, l.Seq+1)
		}
	}
	if d.Behind > 0 && d.AllAt != nil {
		d.Waiting = max(0, time.Since(*d.AllAt).Seconds())
	}
	return d
}

// late is how long the newest records may wait before it is a problem.
const late = time.Minute

// Problem tells what is wrong with the delivery, if something is.
func (d Delivery) Problem() (text string, bad bool) {
	switch {
	case d.Error != "":
		return d.Error, true
	case d.Behind > 0 && d.Waiting >= late.Seconds():
		return d.Text(), true
	}
	return "", false
}

// Text tells of the delivery in a line.
func (d Delivery) Text() string {
	text := d.Name + ": all"
	switch {
	case d.Error != "":
		return d.Error
	case d.Behind > 0 && d.AllAt != nil:
		text = fmt.Sprintf("%s: %d records wait, for up to %s", d.Name, d.Behind, time.Duration(d.Waiting*float64(time.Second)).Round(time.Second))
	case d.Behind > 0:
		text = fmt.Sprintf("%s: %d records wait", d.Name, d.Behind)
	}
	if d.Skipped > 0 {
		text += fmt.Sprintf(", %d were gone before they were delivered", d.Skipped)
	}
	if d.Refused > 0 {
		text += fmt.Sprintf(", %d were refused", d.Refused)
	}
	return text
}

// globEscape has a path stand for itself in a pattern.
func globEscape(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}
