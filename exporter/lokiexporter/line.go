package lokiexporter

import (
	"errors"
	"fmt"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// AttributesInLine says which records have their attributes in the line.
type AttributesInLine string

// With attributes the line is a JSON object of body, attributes, event_name
// and resource.
const (
	AttributesWhenNotMap AttributesInLine = "when_not_map" // records with attributes whose body is no map
	AttributesAlways     AttributesInLine = "always"
	AttributesNever      AttributesInLine = "never"
)

// LineConfig says what becomes the log line.
type LineConfig struct {
	// DropFields are top-level fields of a map body, or attributes, that are
	// left out of the line. Default raw_input.
	DropFields []string `mapstructure:"drop_fields"`
	// OmitEmpty leaves null, "", [], {} and false out of a map body; numbers
	// stay. Default true.
	OmitEmpty bool `mapstructure:"omit_empty"`
	// AttributesInLine is when_not_map (default), always or never.
	AttributesInLine AttributesInLine `mapstructure:"attributes_in_line"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// keepPairs is how many fields of maps there is room for that is kept.
const keepPairs = 1_024

// minLineBytes leaves room for the object that says a line was cut.
const minLineBytes = 256

func defaultLine() LineConfig {
	return LineConfig{
		DropFields:       []string{semconv.BodyRawInput},
		OmitEmpty:        true,
		AttributesInLine: AttributesWhenNotMap,
	}
}

func (c *LineConfig) validate() error {
	var errs []error
	switch c.AttributesInLine {
	case AttributesWhenNotMap, AttributesAlways, AttributesNever:
	default:
		errs = append(errs, fmt.Errorf("line.attributes_in_line: %q must be when_not_map, always or never", c.AttributesInLine))
	}
	for i, name := range c.DropFields {
		if name == "" {
			errs = append(errs, fmt.Errorf("line.drop_fields[%d]: must not be empty", i))
		}
	}
	return errors.Join(errs...)
}

// lineEncoder makes a record's line. Not safe for concurrent use.
type lineEncoder struct {
	config   LineConfig
	maxBytes int
	buf      []byte
	pairs    []pair // of jsonWriter
}

// encode returns the line of a record and whether it had to be cut. A line
// that is JSON stays JSON when it is cut.
func (e *lineEncoder) encode(resource pcommon.Map, lr plog.LogRecord) (line string, cut bool) {
	text, cut := e.bytes(resource, lr)
	return string(text), cut
}

// bytes is encode into memory that is used again by the next call.
func (e *lineEncoder) bytes(resource pcommon.Map, lr plog.LogRecord) (line []byte, cut bool) {
	if !e.isJSON(lr) {
		text := strings.ToValidUTF8(lr.Body().AsString(), "\uFFFD")
		if cut = len(text) > e.maxBytes; cut {
			// The mark's length depends on the number in it: leave room for any.
			text = cutString(text, e.maxBytes-len(cutMark(len(text))))
		}
		e.buf = append(e.buf[:0], text...)
		return e.buf, cut
	}
	e.write(resource, lr, 0, 0)
	if len(e.buf) <= e.maxBytes {
		return e.buf, false
	}
	original := len(e.buf)
	for _, maxString := range []int{8192, 1024, 128} {
		e.write(resource, lr, maxString, original)
		if len(e.buf) <= e.maxBytes {
			return e.buf, true
		}
	}
	return e.excerpt(original), true
}

// isJSON: maps, and what has attributes beside its body.
func (e *lineEncoder) isJSON(lr plog.LogRecord) bool {
	return lr.Body().Type() == pcommon.ValueTypeMap || e.withAttributes(lr)
}

func (e *lineEncoder) withAttributes(lr plog.LogRecord) bool {
	switch e.config.AttributesInLine {
	case AttributesAlways:
		return true
	case AttributesWhenNotMap:
		return lr.Body().Type() != pcommon.ValueTypeMap && (lr.Attributes().Len() > 0 || lr.EventName() != "")
	default:
		return false
	}
}

// write puts the record's JSON into e.buf, strings cut to maxString bytes
// (0: whole). original above 0 adds the fields that say the line was cut.
func (e *lineEncoder) write(resource pcommon.Map, lr plog.LogRecord, maxString, original int) {
	w := jsonWriter{buf: e.buf[:0], pairs: e.pairs[:0], drop: e.config.DropFields, maxString: maxString}
	w.buf = append(w.buf, '{')
	const start = 1
	if e.withAttributes(lr) {
		e.writeRecord(&w, resource, lr)
	} else {
		w.omitEmpty = e.config.OmitEmpty
		w.fields(lr.Body().Map(), 0, start)
	}
	if original > 0 {
		w.key(semconv.LineTruncated, start)
		w.value(pcommon.NewValueBool(true), 1)
		w.key(semconv.LineOriginalBytes, start)
		w.value(pcommon.NewValueInt(int64(original)), 1)
	}
	w.buf = append(w.buf, '}')
	e.buf, e.pairs = w.buf, nil
	if cap(w.pairs) <= keepPairs {
		e.pairs = w.pairs
	}
}

func (e *lineEncoder) writeRecord(w *jsonWriter, resource pcommon.Map, lr plog.LogRecord) {
	const start = 1
	if lr.Body().Type() != pcommon.ValueTypeEmpty {
		w.key(semconv.LineBody, start)
		w.omitEmpty = e.config.OmitEmpty
		// Depth 0, so that the dropped fields are those of a map body.
		w.value(lr.Body(), 0)
	}
	// Attributes are kept as they are: of foreign telemetry nothing is lost.
	w.omitEmpty = false
	w.reserved = ownFields
	w.fields(lr.Attributes(), 0, start)
	if name := lr.EventName(); name != "" {
		w.key(semconv.LineEventName, start)
		w.string(name)
	}
	if resource.Len() > 0 {
		w.key(semconv.LineResource, start)
		w.object(resource, 1)
	}
}

// ownFields are the names that attributes cannot have in a line: an object
// with a key twice is read differently by every parser.
var ownFields = []string{
	semconv.LineBody, semconv.LineEventName, semconv.LineResource,
	semconv.LineTruncated, semconv.LineOriginalBytes,
}

// excerpt is the last resort for a line of very many fields: an object with
// the start of the line as text.
func (e *lineEncoder) excerpt(original int) []byte {
	// Quoting JSON again at most doubles it: only quotes and backslashes grow.
	text := e.buf[:boundary(e.buf, (e.maxBytes-minLineBytes/2)/2)]
	w := jsonWriter{buf: make([]byte, 0, e.maxBytes)}
	w.buf = append(w.buf, '{')
	w.key(semconv.LineTruncated, 1)
	w.buf = append(w.buf, "true"...)
	w.key(semconv.LineOriginalBytes, 1)
	w.value(pcommon.NewValueInt(int64(original)), 1)
	w.key(semconv.LineText, 1)
	w.string(string(text))
	return append(w.buf, '}')
}
