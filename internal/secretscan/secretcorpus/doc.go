// Package secretcorpus makes secrets of many kinds, none of them real, and the
// commands that people put them into. Each is made anew from its parts when it is
// asked for, so that this repository holds none that a scanner would find.
package secretcorpus
