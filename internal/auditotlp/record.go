package auditotlp

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

var (
	// ErrNoEvent says that an entry is the audit log's own note, of any kind but
	// auditlog.KindLog.
	ErrNoEvent = errors.New("the entry is no log record")
	// ErrInvalid says that an entry has a part that no log record can have.
	ErrInvalid = errors.New("the entry cannot be a log record")
)

// Append adds an entry's log record to ld, with a resource of its own. After an
// error ld is as it was.
func Append(ld plog.Logs, e auditlog.Entry) error {
	if e.Kind != auditlog.KindLog {
		return fmt.Errorf("read audit entry %d: %w: kind %q", e.Seq, ErrNoEvent, e.Kind)
	}
	resources := ld.ResourceLogs()
	rl := resources.AppendEmpty()
	if err := fill(rl, &e.Record); err != nil {
		last := resources.Len() - 1
		at := 0
		resources.RemoveIf(func(plog.ResourceLogs) bool { at++; return at-1 == last })
		return fmt.Errorf("read audit entry %d: %w", e.Seq, err)
	}
	return nil
}

func fill(rl plog.ResourceLogs, r *auditlog.Record) error {
	putMap(rl.Resource().Attributes(), r.Resource)
	sl := rl.ScopeLogs().AppendEmpty()
	sl.Scope().SetName(r.Scope.Name)
	sl.Scope().SetVersion(r.Scope.Version)
	putMap(sl.Scope().Attributes(), r.Scope.Attributes)
	lr := sl.LogRecords().AppendEmpty()
	at, err := timestamp(r.Time)
	observed, err2 := timestamp(r.ObservedTime)
	trace, err3 := id[pcommon.TraceID](r.TraceID)
	span, err4 := id[pcommon.SpanID](r.SpanID)
	if err := errors.Join(err, err2, err3, err4); err != nil {
		return err
	}
	if r.SeverityNumber < 0 || r.SeverityNumber > math.MaxInt32 {
		return fmt.Errorf("%w: severity %d", ErrInvalid, r.SeverityNumber)
	}
	lr.SetTimestamp(at)
	lr.SetObservedTimestamp(observed)
	lr.SetTraceID(trace)
	lr.SetSpanID(span)
	lr.SetEventName(r.EventName)
	lr.SetSeverityNumber(plog.SeverityNumber(r.SeverityNumber))
	lr.SetSeverityText(r.SeverityText)
	lr.SetFlags(plog.LogRecordFlags(r.Flags))
	lr.SetDroppedAttributesCount(r.DroppedAttributes)
	putMap(lr.Attributes(), r.Attributes)
	if len(r.Body) == 0 {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(r.Body))
	d.UseNumber()
	var body any
	if err := d.Decode(&body); err != nil {
		return fmt.Errorf("%w: body: %w", ErrInvalid, err)
	}
	putValue(lr.Body(), body)
	return nil
}

// maxSeconds is the last whole second that OTLP's time can tell.
const maxSeconds = math.MaxUint64/1_000_000_000 - 1

func timestamp(t time.Time) (pcommon.Timestamp, error) {
	if t.IsZero() {
		return 0, nil
	}
	s := t.Unix()
	if s < 0 || uint64(s) > maxSeconds {
		return 0, fmt.Errorf("%w: time %s", ErrInvalid, t.Format(time.RFC3339))
	}
	return pcommon.Timestamp(uint64(s)*1_000_000_000 + uint64(t.Nanosecond())), nil //nolint:gosec // below a second
}

// id reads the hex of a trace or span id; none is the zero id.
func id[T pcommon.TraceID | pcommon.SpanID](text string) (v T, err error) {
	if text == "" {
		return v, nil
	}
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != len(v) {
		return v, fmt.Errorf("%w: %.40q is no id of %d bytes", ErrInvalid, text, len(v))
	}
	for i := range raw {
		v[i] = raw[i]
	}
	return v, nil
}

func putMap(dst pcommon.Map, values map[string]any) {
	dst.EnsureCapacity(len(values))
	for k, v := range values {
		putValue(dst.PutEmpty(k), v)
	}
}

// putValue sets dst to what the decoder with UseNumber made of JSON.
func putValue(dst pcommon.Value, v any) {
	switch v := v.(type) {
	case string:
		dst.SetStr(v)
	case bool:
		dst.SetBool(v)
	case json.Number:
		if n, err := v.Int64(); err == nil {
			dst.SetInt(n)
		} else if f, err := v.Float64(); err == nil {
			dst.SetDouble(f)
		} else {
			dst.SetStr(v.String()) // larger than any double
		}
	case map[string]any:
		putMap(dst.SetEmptyMap(), v)
	case []any:
		s := dst.SetEmptySlice()
		s.EnsureCapacity(len(v))
		for _, x := range v {
			putValue(s.AppendEmpty(), x)
		}
	}
}
