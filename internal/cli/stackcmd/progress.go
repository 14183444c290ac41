package stackcmd

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
)

// progress tells on the error stream what is waited for: in place with a clock
// on a terminal, else one line a step.
type progress struct {
	io   *cliio.IO
	tty  bool
	stop chan struct{}
	done chan struct{}
}

func newProgress(io *cliio.IO) *progress {
	f, ok := io.Err.(*os.File)
	return &progress{io: io, tty: ok && term.IsTerminal(int(f.Fd()))}
}

func (p *progress) say(what string) {
	p.end()
	if !p.tty {
		_, _ = fmt.Fprintln(p.io.Err, what+" …") // only a courtesy
		return
	}
	p.stop, p.done = make(chan struct{}), make(chan struct{})
	go p.tick(what, p.stop, p.done)
}

func (p *progress) tick(what string, stop <-chan struct{}, done chan<- struct{}) {
	defer close(done)
	began := time.Now()
	t := time.NewTicker(200 * time.Millisecond)
	defer t.Stop()
	for {
		_, _ = fmt.Fprintf(p.io.Err, "\r\x1b[K%s … %.0f s", what, time.Since(began).Seconds())
		select {
		case <-stop:
			_, _ = fmt.Fprint(p.io.Err, "\r\x1b[K")
			return
		case <-t.C:
		}
	}
}

// end clears the line.
func (p *progress) end() {
	if p.stop != nil {
		close(p.stop)
		<-p.done
		p.stop = nil
	}
}
