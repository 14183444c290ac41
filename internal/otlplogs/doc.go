// Package otlplogs decodes the OTLP/JSON of log requests that programs write: compact or
// indented, in the field names of the specification, without what hardly anybody sends, and
// at most 128 attributes in a list and 16,384 values in a record's body.
// For all else the caller asks pdata's decoder, which reads everything, needs a check of how
// deep a request is nested before it, and takes three times as long and as much memory
// (BenchmarkDecode). Decode never says anything else than it would.
//
// What makes it cheaper: the length of each list is known before its memory is taken, texts
// are not looked at letter by letter, and short texts are kept from one request to the next,
// and to the next place in the same one. Values have memory of their own: who keeps one of a
// record keeps nothing else.
package otlplogs
