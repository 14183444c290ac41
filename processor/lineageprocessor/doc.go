//go:generate mdatagen metadata.yaml

// Package lineageprocessor says in every record where its agent stands among the
// agents of the session: who called it, by which call, and how deep. What turns out
// to be otherwise later becomes a record of its own.
package lineageprocessor
