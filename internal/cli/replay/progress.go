package replay

import (
	"fmt"
	"time"
)

// progressEvery is how often the progress is shown.
const progressEvery = 500 * time.Millisecond

// progress returns what shows how far the replay is, to a person at a terminal.
func (o *options) progress() func(*Result) {
	if !o.shows() {
		return func(*Result) {}
	}
	var shown time.Time
	return func(r *Result) {
		if now := o.now(); now.Sub(shown) >= progressEvery {
			shown = now
			_, _ = fmt.Fprintf(o.factory.IO.Err, "\r%d looked at, %d there, %d sent, at seq %d\x1b[K", r.Read, r.Present, r.Sent, r.NextSeq) // progress only
		}
	}
}

func (o *options) shows() bool { return o.factory.IO.OutTTY && !o.json }

// endProgress clears the line of the progress.
func (o *options) endProgress() {
	if o.shows() {
		_, _ = fmt.Fprint(o.factory.IO.Err, "\r\x1b[K") // progress only
	}
}
