// Package live follows sessions while their events come, and makes a record of each
// thing that is over: a delegation, a conflict, repeated work, a session.
//
// What is over is told when the events have gone on for a minute, so that late ones are
// in time: see Limits.Settle. Which records are made, their times and their content
// depend on the events alone. When they are made depends on the clock only where no
// events come: see Tracker.Quiet.
package live
