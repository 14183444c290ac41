// Package otlplogs decodes the OTLP/JSON of log requests that programs write: compact or
// indented, in the field names of the specification, without what hardly anybody sends, and
// at most 128 attributes in a list.
// For all else the caller asks pdata's decoder, which reads everything, needs a check of how
// deep a request is nested before it, and takes twice the memory (BenchmarkDecode). Decode
// never says anything else than it would.
//
// What makes it cheaper: the length of each list is known before its memory is taken, texts
// are not looked at letter by letter, and names of attributes are kept from one request to
// the next. Values have memory of their own: who keeps one of a record keeps nothing else.
package otlplogs
