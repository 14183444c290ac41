package stack

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/internal/supervise"
)

// WriteFile puts text at path in one step, 0600, without following a link.
func WriteFile(path string, text []byte) error { return supervise.WriteFile(path, text) }

func recordPath(home statedir.Dir) string { return filepath.Join(home.Run(), "stack.json") }

// Save records what the stack runs with.
func (c *Config) Save() error {
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return fmt.Errorf("record the settings: %w", err)
	}
	return WriteFile(recordPath(c.Home), append(text, '\n'))
}

// Recorded returns what the stack in home was last started with; nil when
// nothing usable is recorded. The agents we watch can write that file: it is
// checked like any other input.
func Recorded(home statedir.Dir) (*Config, error) {
	text, err := supervise.ReadFile(recordPath(home), maxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the running stack's settings: %w", err)
	}
	var c Config
	if err := json.Unmarshal(text, &c); err != nil {
		return nil, fmt.Errorf("read the running stack's settings: %w", err)
	}
	if c.Home != home {
		return nil, fmt.Errorf("read the running stack's settings: %s is of another stack", recordPath(home))
	}
	if c.GrafanaPort == 0 { // written by a version that knew no Grafana
		c.GrafanaPort = semconv.DefaultGrafanaPort
	}
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("read the running stack's settings: %w", err)
	}
	if c.Sources == nil {
		c.Sources = map[string]Source{}
	}
	return &c, nil
}

// Running returns what the stack in home runs with; nil when no process of it
// is alive. One that lost its supervisor still runs with its settings.
func Running(home statedir.Dir) (*Config, error) {
	for _, role := range []supervise.Role{supervise.Supervisor, supervise.Collector, supervise.Loki, supervise.Grafana} {
		p, err := supervise.Find(home, role)
		if err != nil {
			return nil, err
		}
		if p != nil {
			return Recorded(home)
		}
	}
	return nil, nil
}

// Current returns the settings of the stack in home for a command that looks
// at it: those it runs with, else those it would be started with.
func Current(home statedir.Dir, flags Flags) (*Config, error) {
	running, _ := Running(home)
	return Resolve(home, flags, running)
}
