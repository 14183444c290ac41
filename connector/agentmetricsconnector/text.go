package agentmetricsconnector

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

const (
	// maxNumber bounds each number of a record.
	maxNumber = 1_000_000_000_000
	// maxDigits is the longest text that is read as a number.
	maxDigits = 32
	// maxID is the longest id that is told apart. Longer ones are cut.
	maxID = 256
)

// text is a text's value; what is none, such as a map, is "".
func text(v pcommon.Value) string {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		return v.Str()
	case pcommon.ValueTypeInt, pcommon.ValueTypeBool:
		return v.AsString()
	}
	return ""
}

// id is a text that only stands for something, and is in no metric.
func id(v pcommon.Value) string {
	s := text(v)
	return s[:min(len(s), maxID)]
}

// number reads a number that is not below 0: 0 for what is none. Claude Code's own
// telemetry has its numbers as texts.
func number(v pcommon.Value) float64 {
	var f float64
	switch v.Type() {
	case pcommon.ValueTypeInt:
		f = float64(v.Int())
	case pcommon.ValueTypeDouble:
		f = v.Double()
	case pcommon.ValueTypeStr:
		if len(v.Str()) <= maxDigits {
			f, _ = strconv.ParseFloat(v.Str(), 64) // 0, or infinite
		}
	}
	if math.IsNaN(f) {
		return 0
	}
	return max(0, min(f, maxNumber))
}

// label is a value that an attribute of a metric can have: short, UTF-8, without
// control characters.
func label(s string, most int) string {
	if len(s) > most {
		end := most
		for end > 0 && !utf8.RuneStart(s[end]) {
			end--
		}
		s = s[:end]
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return cleaned(s, most)
		}
	}
	return s
}

func cleaned(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == utf8.RuneError || r == '\u2028' || r == '\u2029' {
			return '_'
		}
		return r
	}, s)
	return s[:min(len(s), most)] // no rune has become longer
}
