// Package provenance says, in the context of a pipeline, by which way records came
// in: a record itself can claim anything.
package provenance

import "context"

type key struct{}

// OfOwner returns a context of records that came by a way which is open to the
// user of the state directory alone: the socket, the spool, or TCP with the token.
func OfOwner(ctx context.Context) context.Context {
	return context.WithValue(ctx, key{}, true)
}

// IsOwner reports whether the records of ctx came by such a way.
func IsOwner(ctx context.Context) bool {
	owner, _ := ctx.Value(key{}).(bool)
	return owner
}
