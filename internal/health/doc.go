// Package health looks at the parts of a stack from outside: ports, the
// collector's socket, Loki, and what lies on the disk. It changes nothing.
package health
