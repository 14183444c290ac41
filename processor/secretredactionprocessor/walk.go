package secretredactionprocessor

import (
	"context"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/agent-telemetry/agent-telemetry/internal/redact"
	"github.com/agent-telemetry/agent-telemetry/internal/secretscan"
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

// walk visits every text of a record.
type walk struct {
	of    *redactionProcessor
	ctx   context.Context // of the request
	limit *deadline       // of the record
	last  *name           // the name before
	// A command stands three times in a hook's record; the last long texts and
	// what they became are remembered.
	seen [4]struct{ in, out string }
	next int
}

// begin makes ready for another record, which may take as long as a record may.
func (w *walk) begin() {
	w.end()
	w.last = &w.of.names.first
	if w.limit == nil {
		// The sender's time is not asked: what it leaves unsearched would lose more.
		w.limit = newDeadline(context.Background(), w.of.config.RecordTimeout)
	}
}

// end forgets the record.
func (w *walk) end() {
	if w.limit != nil && w.limit.used() {
		w.limit.release()
		w.limit = nil
	}
	clear(w.seen[:])
}

// release ends the request.
func (w *walk) release() {
	w.end()
	w.ctx = nil
	w.of.walks.Put(w)
}

// Secrets implements secretscan.Report.
func (w *walk) Secrets(rule string, n int) {
	w.of.telemetry.ProcessorSecretRedactionSecrets.Add(w.ctx, int64(n), metric.WithAttributes(attribute.String("rule", rule)))
}

// Unsearched implements secretscan.Report.
func (w *walk) Unsearched(reason secretscan.Reason) {
	w.of.telemetry.ProcessorSecretRedactionUnsearched.Add(w.ctx, 1, metric.WithAttributes(attribute.String("reason", string(reason))))
}

func (w *walk) record(lr plog.LogRecord) {
	w.set(lr.EventName(), lr.SetEventName)
	w.set(lr.SeverityText(), lr.SetSeverityText)
	w.attributes(lr.Attributes(), 0)
	w.value(kind{mode: secretscan.Text}, lr.Body(), 0)
}

func (w *walk) set(text string, set func(string)) {
	if clean := w.text(text, secretscan.Text); clean != text {
		set(clean)
	}
}

func (w *walk) attributes(m pcommon.Map, depth int) {
	var renamed []string
	for name, v := range m.All() {
		if known := w.of.names.after(w.last, name); known != nil {
			w.last = known
			w.value(known.kind, v, depth)
			continue
		}
		w.value(kindOf(name), v, depth)
		if w.text(name, secretscan.Path) == name {
			w.of.names.add(name)
		} else {
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

// value visits what stands under a name of a kind.
func (w *walk) value(k kind, v pcommon.Value, depth int) {
	switch t := v.Type(); t {
	case pcommon.ValueTypeStr:
		w.string(k, v)
	case pcommon.ValueTypeBytes:
		text := string(v.Bytes().AsRaw())
		if clean := w.text(text, secretscan.Text); clean != text {
			v.Bytes().FromRaw([]byte(clean))
		}
	case pcommon.ValueTypeMap, pcommon.ValueTypeSlice:
		if depth == maxDepth {
			w.Unsearched(tooDeep)
			v.SetStr("[REDACTED:" + unsearched + "]")
			return
		}
		if t == pcommon.ValueTypeMap {
			w.attributes(v.Map(), depth+1)
			return
		}
		for _, e := range v.Slice().All() {
			w.value(k, e, depth+1)
		}
	}
}

func (w *walk) string(k kind, v pcommon.Value) {
	text := v.Str()
	if text == "" {
		return
	}
	if k.secret {
		if clean := redact.Whole(namedSecret, text); clean != text {
			w.Secrets(namedSecret, 1)
			v.SetStr(clean)
		}
		return
	}
	if clean := w.text(text, k.mode); clean != text {
		v.SetStr(clean)
	}
}

// remembered is the length in bytes from which on a text is worth remembering.
const remembered = 64

func (w *walk) text(text string, mode secretscan.Mode) string {
	if len(text) < remembered {
		return w.of.scanner.Clean(w.limit, text, mode, w)
	}
	for i := range w.seen {
		if w.seen[i].in == text && mode == secretscan.Text {
			return w.seen[i].out
		}
	}
	clean := w.of.scanner.Clean(w.limit, text, mode, w)
	if mode == secretscan.Text {
		w.seen[w.next].in, w.seen[w.next].out = text, clean
		w.next = (w.next + 1) % len(w.seen)
	}
	return clean
}
