// Package auditchunk says, in the context of a batch, which part of the audit log the
// batch is.
package auditchunk

import "context"

// Chunk is a part of the audit log: that from FirstSeq on that the receiver cut off. It
// is cut at the same places whenever the log is read.
type Chunk struct {
	Log      string // the log's id
	FirstSeq uint64 // of the first record
}

type key struct{}

// With returns a context that says c of the batch.
func With(ctx context.Context, c Chunk) context.Context { return context.WithValue(ctx, key{}, c) }

// From returns what the context says; ok is false when that is nothing.
func From(ctx context.Context) (c Chunk, ok bool) {
	c, ok = ctx.Value(key{}).(Chunk)
	return c, ok
}
