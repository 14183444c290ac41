package auditverify

import "context"

// Loki can be asked for the ids of the events that it has.
type Loki interface{}

type lokiDigest struct{}

func newLokiDigest() *lokiDigest { return &lokiDigest{} }

func (d *lokiDigest) line(*line) {}

func (r *run) compareLoki(context.Context) error { return nil }
