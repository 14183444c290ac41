package signallogsconnector

import (
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// part is what was shortened or left out, as the metric's attribute says it.
type part string

const (
	partName       part = "name"
	partBuckets    part = "buckets"
	partQuantiles  part = "quantiles"
	partSpanEvents part = "span_events"
	partSpanLinks  part = "span_links"
)

// signal is what records were made from, as the metric's attribute says it.
type signal string

const (
	signalMetrics signal = "metrics"
	signalTraces  signal = "traces"
)

// name bounds a name, at a rune's border.
func (cv *conversion) name(s string) string {
	if len(s) <= cv.config.MaxNameBytes {
		return s
	}
	cv.cut[partName]++
	n := cv.config.MaxNameBytes
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// fits reports whether a list of n buckets may stand in body, and notes it when
// not. Half a histogram would be wrong numbers: it is all or nothing.
func (cv *conversion) fits(body pcommon.Map, p part, list string, n int) bool {
	if n <= cv.config.MaxBuckets {
		return true
	}
	cv.drop(body, p, list, n)
	return false
}

// drop notes that n items of list are not in body.
func (cv *conversion) drop(body pcommon.Map, p part, list string, n int) {
	cv.cut[p]++
	putDropped(body).PutInt(list, int64(n))
}

// rest notes items that are not in body: those cut here, and those that the
// sender says it dropped.
func (cv *conversion) rest(body pcommon.Map, p part, list string, cut int, before uint32) {
	switch {
	case cut > 0:
		cv.drop(body, p, list, cut+int(before))
	case before > 0:
		putDropped(body).PutInt(list, int64(before))
	}
}

// putDropped returns the map of what is missing in body.
func putDropped(body pcommon.Map) pcommon.Map {
	if dropped, ok := body.Get(semconv.BodyDropped); ok {
		return dropped.Map()
	}
	return body.PutEmptyMap(semconv.BodyDropped)
}
