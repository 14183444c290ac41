// Package detection judges events: rules in YAML ask for facts of an event (see
// internal/detection/facts) and for counters of its session in CEL, and say how
// bad it is, why, and what to do.
//
// A rule file is data of which the worst is assumed. Expressions are checked
// against the types of the facts when they are loaded, their cost is estimated
// then and limited when they run, and one that fails is no match but is told.
package detection
