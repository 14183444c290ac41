package rollup

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

const (
	// maxNumber bounds each number of a record, so that no sum of a batch overflows.
	maxNumber = 1_000_000_000_000
	// maxTextBytes bounds each text that is told apart.
	maxTextBytes = 128
	// maxItems bounds how many texts of a list are counted.
	maxItems = 16
	// nano is one dollar, in what costs are counted in.
	nano = 1_000_000_000
)

// number reads a number that is to be counted: 0 for what is none. Claude Code's own
// telemetry has its numbers as texts.
func number(v pcommon.Value) int64 { return int64(within(float(v))) }

// cost reads dollars, in billionths.
func cost(v pcommon.Value) int64 { return int64(math.Round(within(float(v) * nano))) }

func within(f float64) float64 { return max(0, min(f, maxNumber)) }

// float is finite.
func float(v pcommon.Value) float64 {
	var f float64
	switch v.Type() {
	case pcommon.ValueTypeInt:
		return float64(v.Int())
	case pcommon.ValueTypeDouble:
		f = v.Double()
	case pcommon.ValueTypeStr:
		if len(v.Str()) <= 32 {
			f, _ = strconv.ParseFloat(v.Str(), 64)
		}
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0
	}
	return f
}

// text reads a text, cut to a bound. What is no text, such as a map, is "".
func text(v pcommon.Value) string {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		return cut(v.Str())
	case pcommon.ValueTypeInt, pcommon.ValueTypeBool:
		return v.AsString()
	}
	return ""
}

// texts reads a list of texts, or a single one.
func texts(v pcommon.Value) []string {
	if v.Type() != pcommon.ValueTypeSlice {
		if s := text(v); s != "" {
			return []string{s}
		}
		return nil
	}
	list := make([]string, 0, min(v.Slice().Len(), maxItems))
	for i := 0; i < v.Slice().Len() && i < maxItems; i++ {
		if s := text(v.Slice().At(i)); s != "" {
			list = append(list, s)
		}
	}
	return list
}

// cut returns a copy: the record is not kept for it.
func cut(s string) string {
	if len(s) > maxTextBytes {
		end := maxTextBytes
		for end > 0 && !utf8.RuneStart(s[end]) {
			end--
		}
		s = s[:end]
	}
	return strings.Clone(s)
}
