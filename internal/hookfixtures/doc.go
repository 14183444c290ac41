// Package hookfixtures holds hook payloads of our own writing, as Claude Code
// sends them: one for every hook event and every tool, before and after the
// call, failed and denied, under old names and new ones; and generators of
// input that is bad in every way we know. Tests of every package use them.
//
// The payloads lie in data/*.jsonl, one file a session. A line is a fixture:
//
//	{"name":…, "event_type":…, "severity":…, "attributes":{…}, "payload":{…}}
//
// `attributes` is what the record must hold besides what follows from the
// payload's common fields; {{PROJECT}} stands for the project directory.
package hookfixtures
