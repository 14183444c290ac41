// Package report tells an auditor what agents did in a period, out of the audit log:
// how much of it is recorded, which files were modified, what reached outside the
// projects, which alerts there were and who looked at them, and whether the log is
// as it was written.
//
// Build reads the log once, in bounded memory: a period may have millions of events.
// Rows are kept in files without a name, as many as there are. JSON and CSV hold all of
// them, HTML (package page) the first of each table and how many are left out.
//
// What is in a record was written by the agent that is watched, or by somebody who
// claims to be it. Texts are bounded here and are otherwise as they were recorded: who
// writes them somewhere makes them harmless there.
package report
