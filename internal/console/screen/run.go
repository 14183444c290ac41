package screen

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// How often the screen is drawn at most, in a second, and how long after a change
// it is drawn the next time.
const (
	framesPerSecond = 10
	frameEvery      = 150 * time.Millisecond
)

// Terminal is where the console is drawn.
type Terminal struct {
	In    io.Reader
	Out   io.Writer
	Color bool
}

// Run draws the console until the person quits or ctx ends, while feed brings
// events; what feed returned is the error.
func Run(ctx context.Context, t Terminal, o Options, feed func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	profile := colorprofile.ASCII
	if t.Color {
		// Asking the environment alone: Detect of that package runs tmux.
		profile = max(colorprofile.Env(os.Environ()), colorprofile.ANSI)
	}
	program := tea.NewProgram(newModel(ctx, o),
		tea.WithContext(ctx), tea.WithInput(t.In), tea.WithOutput(t.Out), tea.WithFPS(framesPerSecond),
		tea.WithColorProfile(profile), tea.WithoutSignalHandler())
	ended := make(chan error, 1)
	go func() {
		err := feed(ctx)
		ended <- err
		if err != nil {
			program.Send(feedMsg{err})
		}
	}()
	go pump(ctx, o, program.Send)
	_, err := program.Run()
	stopped := ctx.Err() != nil
	cancel()
	feedErr := <-ended
	if err != nil && !stopped && !errors.Is(err, tea.ErrInterrupted) {
		return fmt.Errorf("draw the console: %w", err)
	}
	return feedErr
}

// pump has the screen look when something changed, and each second for the ages.
func pump(ctx context.Context, o Options, send func(tea.Msg)) {
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-o.Hub.Changed():
		case <-second.C:
		}
		send(frameMsg{})
		select {
		case <-ctx.Done():
			return
		case <-time.After(frameEvery):
		}
	}
}
