// Package activity is what the console knows: the newest events, the sessions and
// tools that they are of, alerts, and rates. It reads no clock and no file: events
// and times are given to it. Everything is bounded, whatever an agent sends.
package activity
