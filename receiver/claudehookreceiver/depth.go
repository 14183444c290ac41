package claudehookreceiver

import (
	"bytes"
	"errors"

	"google.golang.org/protobuf/encoding/protowire"
)

// errTooDeep says that values are nested deeper than any record of ours.
var errTooDeep = errors.New("values are nested too deeply")

// Bounds of nesting. The decoders call themselves for each level, and a stack
// that overflows ends the process: nothing can recover from it. One level of an
// OTLP value takes two messages, or four brackets.
const (
	maxMessages = 256
	maxBrackets = 512
)

// message is a type of the OTLP log request, as far as it matters for depth.
type message int

const (
	msgRequest message = iota + 1
	msgResourceLogs
	msgResource
	msgScopeLogs
	msgScope
	msgLogRecord
	msgKeyValue
	msgAnyValue
	msgArray
	msgKeyValueList
)

// children are the fields that hold messages.
var children = map[message]map[protowire.Number]message{
	msgRequest:      {1: msgResourceLogs},
	msgResourceLogs: {1: msgResource, 2: msgScopeLogs},
	msgResource:     {1: msgKeyValue},
	msgScopeLogs:    {1: msgScope, 2: msgLogRecord},
	msgScope:        {3: msgKeyValue},
	msgLogRecord:    {5: msgAnyValue, 6: msgKeyValue},
	msgKeyValue:     {2: msgAnyValue},
	msgAnyValue:     {5: msgArray, 6: msgKeyValueList},
	msgArray:        {1: msgAnyValue},
	msgKeyValueList: {1: msgKeyValue},
}

// checkProto walks a protobuf request before it is decoded. What is not well
// formed passes: the decoder says so better.
func checkProto(raw []byte) error { return walkProto(raw, msgRequest, 0) }

func walkProto(raw []byte, m message, depth int) error {
	if depth > maxMessages {
		return errTooDeep
	}
	for len(raw) > 0 {
		field, kind, n := protowire.ConsumeTag(raw)
		if n < 0 {
			return nil
		}
		raw = raw[n:]
		if kind != protowire.BytesType {
			if n = protowire.ConsumeFieldValue(field, kind, raw); n < 0 {
				return nil
			}
			raw = raw[n:]
			continue
		}
		value, n := protowire.ConsumeBytes(raw)
		if n < 0 {
			return nil
		}
		raw = raw[n:]
		if child := children[m][field]; child != 0 {
			if err := walkProto(value, child, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkJSON counts brackets outside of strings.
func checkJSON(raw []byte) error {
	depth := 0
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '"':
			i = stringEnd(raw, i+1)
		case '{', '[':
			if depth++; depth > maxBrackets {
				return errTooDeep
			}
		case '}', ']':
			depth--
		}
	}
	return nil
}

// stringEnd returns where the quote is that ends the string whose text begins at
// i, or len(raw). A quote behind an odd number of backslashes ends nothing.
func stringEnd(raw []byte, i int) int {
	for from := i; ; {
		n := bytes.IndexByte(raw[from:], '"')
		if n < 0 {
			return len(raw)
		}
		end := from + n
		escapes := 0
		for end-escapes > i && raw[end-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return end
		}
		from = end + 1
	}
}
