// Package faults puts the whole product under faults, with its real programs and
// a real Loki: the collector is killed about every second, Loki is stopped, the
// disk runs full, acknowledgements are cut off, clocks jump, the power fails. At
// the end every event must be in the audit log and in Loki, once.
//
// FAULT_EVENTS says how many events are emitted and FAULT_SECONDS about how long
// that takes; SEED repeats a run's choices. FAULT_CLOCK=1 has the clock of the
// whole machine jump, which nothing else on it will like.
package faults
