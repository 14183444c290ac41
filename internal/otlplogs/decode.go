package otlplogs

import (
	"sync"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// maxDepth bounds how many objects and lists may be around a value. The decoder calls itself
// for each.
const maxDepth = 128

// Decode decodes an OTLP/JSON log request. It is false when the request is not JSON, is
// nested deeply, or has something that the package does not know: pdata's decoder decides
// then. Nothing of raw is kept.
func Decode(raw []byte) (plog.Logs, bool) {
	d, _ := decoders.Get().(*decoder)
	defer decoders.Put(d)
	if !d.layout.scan(raw) {
		return plog.Logs{}, false
	}
	d.raw, d.at, d.nextText, d.nextList = raw, 0, 0, 0
	ld := plog.NewLogs()
	ok := d.request(ld) && d.end()
	d.forget()
	return ld, ok
}

var decoders = sync.Pool{New: func() any { return new(decoder) }}

// decoder reads raw from at on. Each method that reads a value is false when it is not one
// of the kind, or not one that pdata would read in the same way; the decoder is of no use
// then.
type decoder struct {
	raw                []byte
	at                 int
	layout             layout
	nextText, nextList int // in the layout
	names              names
	unescaped          []byte
}

// Bounds of what a decoder keeps for the next request.
const (
	keptBytes  = 64 << 10
	keptPlaces = 16 << 10
)

func (d *decoder) forget() {
	d.raw = nil
	if cap(d.unescaped) > keptBytes {
		d.unescaped = nil
	}
	if cap(d.layout.ends) > keptPlaces {
		d.layout.ends = nil
	}
	if cap(d.layout.lists) > keptPlaces {
		d.layout.lists = nil
	}
}

func (d *decoder) request(ld plog.Logs) bool {
	list := ld.ResourceLogs()
	return d.fields(func(name []byte) (uint, bool) {
		return 0, string(name) == "resourceLogs" && d.list(list.EnsureCapacity, func() bool {
			return d.resourceLogs(list.AppendEmpty())
		})
	})
}

func (d *decoder) resourceLogs(rl plog.ResourceLogs) bool {
	list := rl.ScopeLogs()
	return d.fields(func(name []byte) (uint, bool) {
		switch string(name) {
		case "resource":
			return 0, d.fields(func(name []byte) (uint, bool) {
				return 0, string(name) == "attributes" && d.attributes(rl.Resource().Attributes(), 0)
			})
		case "scopeLogs":
			return 1, d.list(list.EnsureCapacity, func() bool {
				return d.scopeLogs(list.AppendEmpty())
			})
		case "schemaUrl":
			return 2, d.text(rl.SetSchemaUrl)
		}
		return 0, false
	})
}

func (d *decoder) scopeLogs(sl plog.ScopeLogs) bool {
	list := sl.LogRecords()
	return d.fields(func(name []byte) (uint, bool) {
		switch string(name) {
		case "scope":
			return 0, d.scope(sl.Scope())
		case "logRecords":
			return 1, d.list(list.EnsureCapacity, func() bool {
				return d.record(list.AppendEmpty())
			})
		case "schemaUrl":
			return 2, d.text(sl.SetSchemaUrl)
		}
		return 0, false
	})
}

func (d *decoder) scope(scope pcommon.InstrumentationScope) bool {
	return d.fields(func(name []byte) (uint, bool) {
		switch string(name) {
		case "name":
			return 0, d.text(scope.SetName)
		case "version":
			return 1, d.text(scope.SetVersion)
		case "attributes":
			return 2, d.attributes(scope.Attributes(), 0)
		}
		return 0, false
	})
}
