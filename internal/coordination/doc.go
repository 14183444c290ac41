// Package coordination tells how the agents of a session worked together: what each
// delegation took and came to, which agents changed the same file, what was done twice,
// what the session had to wait for, and how much was done at the same time.
//
// An Analyzer is given the events of one session, in any order and any number of times,
// and tells what is known: Session. Build does both at once. The same events give the
// same Session. docs/coordination.md defines every figure.
//
// Everything is bounded, see Limits. Texts are as they were recorded: who shows them
// makes them harmless there.
package coordination
