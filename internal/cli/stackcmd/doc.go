// Package stackcmd holds the commands that run a stack and look at it: up,
// down, restart, status and doctor.
package stackcmd
