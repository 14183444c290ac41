package secretredactionprocessor

import (
	"context"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/redact"
	"github.com/agent-telemetry/agent-telemetry/internal/secretscan"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// maxDepth is how deep a value may be nested; what is deeper is replaced.
const maxDepth = 32

// tooDeep is the reason that the scanner has no name for.
const tooDeep secretscan.Reason = "depth"

// Rules of the processor itself.
const (
	namedSecret = "named-secret" // the name of a value says that it is secret
	unsearched  = "unsearched"
)

// paths are the names of values that are names of files.
var paths = map[string]bool{
	semconv.FilePath: true, semconv.ProjectPath: true, semconv.ProjectName: true,
	"file_path": true, "notebook_path": true, "project_path": true, "project_name": true, "search_path": true, "path": true,
	"cwd": true, "transcript_path": true, "agent_transcript_path": true,
}

// walk visits every text of a record.
type walk struct {
	ctx     context.Context
	scanner *secretscan.Scanner
	report  secretscan.Report
	names   *names
	// A command stands three times in a hook's record; the last long texts and
	// what they became are remembered.
	seen [4]struct{ in, out string }
	next int
}

func (w *walk) record(lr plog.LogRecord) {
	w.set(lr.EventName(), lr.SetEventName)
	w.set(lr.SeverityText(), lr.SetSeverityText)
	w.attributes(lr.Attributes(), 0)
	w.value("", false, lr.Body(), 0)
}

func (w *walk) set(text string, set func(string)) {
	if clean := w.text(text, secretscan.Text); clean != text {
		set(clean)
	}
}

func (w *walk) attributes(m pcommon.Map, depth int) {
	var renamed []string
	for name, v := range m.All() {
		secret, clean := w.names.look(name)
		w.value(name, secret, v, depth)
		switch {
		case clean:
		case w.text(name, secretscan.Path) == name:
			w.names.add(name)
		default:
			renamed = append(renamed, name)
		}
	}
	for _, name := range renamed {
		v, _ := m.Get(name)
		kept := pcommon.NewValueEmpty()
		v.CopyTo(kept)
		m.Remove(name)
		kept.CopyTo(m.PutEmpty(w.text(name, secretscan.Path)))
	}
}

// value visits what stands under a name, which says whether it is secret.
func (w *walk) value(name string, secret bool, v pcommon.Value, depth int) {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		w.string(name, secret, v)
	case pcommon.ValueTypeBytes:
		text := string(v.Bytes().AsRaw())
		if clean := w.text(text, secretscan.Text); clean != text {
			v.Bytes().FromRaw([]byte(clean))
		}
	case pcommon.ValueTypeMap, pcommon.ValueTypeSlice:
		if depth == maxDepth {
			w.report.Unsearched(tooDeep)
			v.SetStr("[REDACTED:" + unsearched + "]")
			return
		}
		if v.Type() == pcommon.ValueTypeMap {
			w.attributes(v.Map(), depth+1)
			return
		}
		for _, e := range v.Slice().All() {
			w.value(name, secret, e, depth+1)
		}
	}
}

func (w *walk) string(name string, secret bool, v pcommon.Value) {
	text := v.Str()
	if text == "" {
		return
	}
	if secret {
		if clean := redact.Whole(namedSecret, text); clean != text {
			w.report.Secrets(namedSecret, 1)
			v.SetStr(clean)
		}
		return
	}
	mode := secretscan.Text
	if paths[name] {
		mode = secretscan.Path
	}
	if clean := w.text(text, mode); clean != text {
		v.SetStr(clean)
	}
}

// remembered is the length in bytes from which on a text is worth remembering.
const remembered = 64

func (w *walk) text(text string, mode secretscan.Mode) string {
	if len(text) < remembered {
		return w.scanner.Clean(w.ctx, text, mode, w.report)
	}
	for i := range w.seen {
		if w.seen[i].in == text && mode == secretscan.Text {
			return w.seen[i].out
		}
	}
	clean := w.scanner.Clean(w.ctx, text, mode, w.report)
	if mode == secretscan.Text {
		w.seen[w.next].in, w.seen[w.next].out = text, clean
		w.next = (w.next + 1) % len(w.seen)
	}
	return clean
}
