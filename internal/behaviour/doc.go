// Package behaviour counts what the sessions of agents do: tool calls, violations,
// denials, and the steps of sequences that take several events, such as reading a
// secret and then using the network.
//
// It counts by the time of the events and by their ids, so that events may come in
// any order and more than once. What it remembers is bounded whatever comes, and
// can be taken over a restart.
package behaviour
