package verify

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditverify"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
)

// Colours, as SGR parameters.
const (
	dim    = "2"
	green  = "32"
	yellow = "33"
	red    = "1;31"
)

// maxShown is how many findings of a check are shown.
const maxShown = 3

// text shows a report to people. What it quotes may be forged: it is cleaned.
func text(r *auditverify.Report, color bool) string {
	paint := func(sgr, s string) string {
		if !color || s == "" {
			return s
		}
		return "\x1b[" + sgr + "m" + s + "\x1b[0m"
	}
	var b strings.Builder
	head := map[auditverify.Verdict]string{
		auditverify.Verified:    paint(green, "✓ Verified and anchored"),
		auditverify.Tampered:    paint(red, "✗ TAMPERED"),
		auditverify.CannotTell:  paint(yellow, "? Cannot be verified"),
		auditverify.NotAnchored: paint(yellow, "! Consistent, but not anchored"),
	}[r.Verdict]
	fmt.Fprintf(&b, "%s: %s.\n\n", head, termtext.Clean(r.Reason))
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "  %-11s %s\n", name, termtext.Clean(fmt.Sprintf(format, args...)))
	}
	line("log", "%s", r.Directory)
	line("origin", "%s", r.Origin)
	if r.Records > 0 {
		line("records", "%d to %d, %d segments, %s in %.1f s (%d records/s)", r.FirstSeq, r.LastSeq, r.Segments, sizeOf(r.Bytes), r.Seconds, r.RecordsPerSecond)
	} else {
		line("records", "none")
	}
	line("checkpoints", "%s", checkpoints(r))
	line("anchor", "%s", anchored(r))
	for _, a := range r.Evidence.Newest {
		if a.Kind != auditverify.Copy {
			line("", "%s of %d records by %s, %s", a.Kind, a.Size, a.By, a.Time.Format(time.RFC3339))
		}
	}
	if p := r.Pruned; p != nil {
		line("pruned", "the records before %d%s, says record %d", p.FirstSeq, at(p.At), p.Seq)
	}
	b.WriteString("\n")
	mark := map[auditverify.Status]string{
		auditverify.Pass: paint(green, "✓"), auditverify.Fail: paint(red, "✗"),
		auditverify.Warn: paint(yellow, "!"), auditverify.Skipped: paint(dim, "-"),
	}
	for _, c := range r.Checks {
		fmt.Fprintf(&b, "%s %-23s %s\n", mark[c.Status], c.Check, c.Asks)
		if len(c.Findings) == 0 && c.Summary != "" {
			fmt.Fprintf(&b, "  %-23s %s\n", "", paint(dim, termtext.Clean(c.Summary)))
		}
		for i, f := range c.Findings {
			if i == maxShown {
				fmt.Fprintf(&b, "  %-23s … and %d more\n", "", c.Count-maxShown)
				break
			}
			fmt.Fprintf(&b, "  %-23s %s\n", "", termtext.Clean(f.Message))
		}
	}
	b.WriteString(firstBad(r.FirstBad))
	b.WriteString(advice(r))
	return b.String()
}

func checkpoints(r *auditverify.Report) string {
	s := strconv.FormatInt(r.Checkpoints, 10)
	if c := r.LastGoodCheckpoint; c != nil {
		s += fmt.Sprintf(", the last good one covers %d records%s, epoch %d", c.Size, at(c.Covers), r.Epoch)
	}
	if n := r.Tail.Records; n > 0 {
		s += fmt.Sprintf("; %d records behind it", n)
	}
	return s
}

func anchored(r *auditverify.Report) string {
	a := r.LastGoodAnchor
	switch {
	case a != nil:
		return fmt.Sprintf("%d records%s (%s); %d records since", a.Size, at(a.Covers), a.File, r.AfterAnchor)
	case r.Anchors > 0:
		return fmt.Sprintf("none of %d is good", r.Anchors)
	}
	return "none"
}

func at(t *time.Time) string {
	if t == nil {
		return ""
	}
	return ", until " + t.Format(time.RFC3339)
}

func firstBad(f *auditverify.Finding) string {
	if f == nil {
		return ""
	}
	var b strings.Builder
	b.WriteString("\nFirst fault:\n")
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "  %-10s %s\n", name, termtext.Clean(value))
		}
	}
	line("check", string(f.Check))
	switch {
	case f.Before > f.Seq+1:
		line("seq", fmt.Sprintf("one of %d to %d", f.Seq, f.Before-1))
	case f.Seq >= 0:
		line("seq", strconv.FormatInt(f.Seq, 10))
	}
	line("file", f.Segment)
	if f.Offset >= 0 && f.Segment != "" {
		line("byte", strconv.FormatInt(f.Offset, 10))
	}
	line("expected", f.Expected)
	line("found", f.Found)
	return b.String()
}

// advice says what to do next.
func advice(r *auditverify.Report) string {
	switch r.Verdict {
	case auditverify.Tampered:
		return "\nKeep the directory as it is, take a copy of it, and compare with what lies elsewhere: Loki, anchors, backups.\n"
	case auditverify.NotAnchored:
		if r.Anchors == 0 {
			return "\nGive a checkpoint that was kept off this host (--anchor FILE_OR_DIR), or the key of a witness that cosigns (--witness KEY).\n"
		}
	case auditverify.CannotTell:
		return "\nA checkpoint is written within a second of a record: is the collector's audit log exporter running?\n"
	}
	return ""
}

func sizeOf(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
}
