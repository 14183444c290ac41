package verify

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/term"
)

// Progress begins only after a while, and is told a few times a second.
const (
	progressAfter = time.Second
	progressEvery = 200 * time.Millisecond
)

// progress shows on a terminal how far a long verification is. The function that
// it returns takes that away again.
func (o *options) progress() (end func()) {
	f, ok := o.factory.IO.Err.(*os.File)
	if !ok || o.json || !term.IsTerminal(int(f.Fd())) {
		return func() {}
	}
	next, shown := time.Now().Add(progressAfter), false
	o.verify.Progress = func(records int64) {
		if now := time.Now(); now.After(next) {
			next, shown = now.Add(progressEvery), true
			_, _ = fmt.Fprintf(f, "\r%d records read", records) // who does not see it loses nothing
		}
	}
	return func() {
		if shown {
			_, _ = fmt.Fprint(f, "\r\x1b[K")
		}
	}
}
