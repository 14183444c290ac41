// Package supervise runs background processes and finds them again.
//
// The agents we watch run as the same user, so a PID file proves nothing: a
// process is only believed to be ours, and only ever signalled, when its user,
// start time, program and the marks in its environment all fit.
//
// Children write straight to their log files and are not tied to the
// supervisor's life: when somebody kills the supervisor, the collector goes on
// recording. The next `up` then stops such orphans and starts afresh, since the
// output, exit status and restarts of a process can only be seen by its parent;
// events of that second wait in the spool.
package supervise
