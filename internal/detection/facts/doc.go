// Package facts says what an event did, in terms that rules can ask for: programs
// that ran, paths with the way they were used and what kind of place they are,
// network connections, flows of data, and acts, which are what a program's options
// mean (git.discard, infra.delete, shell.spawn).
//
// Facts are made once for an event, by code that knows programs; judging them is
// the rules' work. What cannot be told is a fact of its own.
package facts
