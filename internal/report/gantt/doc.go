// Package gantt lays the calls of a session's agents out over time: a lane for each
// row of the tree of agents, with a bar for each call or for several that lie too close
// to be told apart. It computes places only; package page draws them.
//
// Time between turns in which nothing was recorded is cut out where there is much of it: a
// session that waited for a person overnight shows its hours of work. Everything is
// bounded, whatever times records claim.
package gantt
