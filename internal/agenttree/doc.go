// Package agenttree puts the agents of a session below who called them, with what
// each of them did: for the session's report, and for agents tree.
//
// Records can claim anything: a caller that has no records, an agent that called
// itself by way of others, thousands of agents. Every agent has one place in the tree
// all the same. Rows shows a bounded number of them and counts the others; Places is how
// all of them are drawn.
package agenttree
