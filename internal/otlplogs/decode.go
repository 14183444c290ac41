package otlplogs

import (
	"math"
	"sync"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// Decode decodes an OTLP/JSON log request. It is false when the request is not JSON, is
// nested deeply, or has something that the package does not know: pdata's decoder decides
// then. Nothing of raw is kept.
func Decode(raw []byte) (plog.Logs, bool) {
	if len(raw) > math.MaxInt32 {
		return plog.Logs{}, false // places in it have 32 bits
	}
	d, _ := decoders.Get().(*decoder)
	defer decoders.Put(d)
	d.raw, d.at = raw, 0
	ld := plog.NewLogs()
	ok := d.request(ld) && d.end()
	d.forget()
	return ld, ok
}

var decoders = sync.Pool{New: func() any { return new(decoder) }}

// decoder reads raw from at on. Each method that reads something is false when it is not
// what it should be, or not what pdata would read in the same way; the decoder is of no use
// then.
type decoder struct {
	raw       []byte
	at        int
	found     []found // values that are read but not made yet
	made      int     // how many of them are
	known     texts
	unescaped []byte
}

// Bounds of what a decoder keeps for the next request.
const (
	keptBytes = 64 << 10
	keptFound = 2 << 10 // 64 KiB
)

func (d *decoder) forget() {
	d.raw = nil
	if cap(d.unescaped) > keptBytes {
		d.unescaped = nil
	}
	if cap(d.found) > keptFound {
		d.found = nil
	}
}

func (d *decoder) request(ld plog.Logs) bool {
	list := ld.ResourceLogs()
	return d.fields(func(name []byte) (uint, bool) {
		return 0, string(name) == "resourceLogs" && d.list(func() bool {
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
			return 1, d.list(func() bool { return d.scopeLogs(list.AppendEmpty()) })
		case "schemaUrl":
			url, ok := d.string()
			rl.SetSchemaUrl(url)
			return 2, ok
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
			return 1, d.list(func() bool { return d.record(list.AppendEmpty()) })
		case "schemaUrl":
			url, ok := d.string()
			sl.SetSchemaUrl(url)
			return 2, ok
		}
		return 0, false
	})
}

func (d *decoder) scope(scope pcommon.InstrumentationScope) bool {
	return d.fields(func(name []byte) (uint, bool) {
		switch string(name) {
		case "name":
			s, ok := d.string()
			scope.SetName(s)
			return 0, ok
		case "version":
			s, ok := d.string()
			scope.SetVersion(s)
			return 1, ok
		case "attributes":
			return 2, d.attributes(scope.Attributes(), 0)
		}
		return 0, false
	})
}
