// Package otlplogs decodes the OTLP/JSON of log requests that programs write: compact or
// indented, in the field names of the specification, without what hardly anybody sends.
// For all else the caller asks pdata's decoder, which reads everything and costs twice the
// time and memory (BenchmarkDecode). Decode never says anything else than it would.
//
// What makes it cheaper: the length of each list is known before its memory is taken; names
// of attributes are kept from one request to the next; and texts share memory.
package otlplogs
