// Package statedir knows where the product keeps its state on disk.
package statedir

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// EnvHome names the environment variable that moves the whole state directory.
const EnvHome = "AGENT_TELEMETRY_HOME"

// ErrNoHome says that no state directory can be derived from the environment:
// set AGENT_TELEMETRY_HOME, XDG_STATE_HOME or HOME.
var ErrNoHome = errors.New("no state directory: set AGENT_TELEMETRY_HOME or HOME")

// Dir is a state directory. Its methods name what lies in it; they create nothing.
type Dir string

// Default returns $AGENT_TELEMETRY_HOME, else $XDG_STATE_HOME/agent-telemetry,
// else ~/.local/state/agent-telemetry, or ErrNoHome. Relative values of the
// environment are ignored, as the XDG base directory specification asks.
func Default() (Dir, error) {
	if v := os.Getenv(EnvHome); filepath.IsAbs(v) {
		return Dir(filepath.Clean(v)), nil
	}
	if v := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(v) {
		return Dir(filepath.Join(v, "agent-telemetry")), nil
	}
	if v := os.Getenv("HOME"); filepath.IsAbs(v) {
		return Dir(filepath.Join(v, ".local", "state", "agent-telemetry")), nil
	}
	return "", ErrNoHome
}

// Resolve returns the absolute form of flag when it is set, else Default.
func Resolve(flag string) (Dir, error) {
	if flag == "" {
		return Default()
	}
	abs, err := filepath.Abs(flag)
	if err != nil {
		return "", fmt.Errorf("resolve state directory: %w", err)
	}
	return Dir(abs), nil
}

// Run holds the socket, PID files, the token and the sessions' state.
func (d Dir) Run() string { return filepath.Join(string(d), "run") }

// Socket is the unix socket on which the collector takes events in.
func (d Dir) Socket() string { return filepath.Join(d.Run(), "hook.sock") }

// TokenFile holds the bearer token of the loopback TCP listener.
func (d Dir) TokenFile() string { return filepath.Join(d.Run(), "token") }

// Sessions holds one small state file per Claude Code session.
func (d Dir) Sessions() string { return filepath.Join(d.Run(), "sessions") }

// Spool holds the events that the collector has not taken yet, one file each.
func (d Dir) Spool() string { return filepath.Join(string(d), "spool") }

// Audit holds the segments of the audit log.
func (d Dir) Audit() string { return filepath.Join(string(d), "audit") }

// Keys holds the keys that sign the audit log's checkpoints: never beside what
// they sign.
func (d Dir) Keys() string { return filepath.Join(string(d), "keys") }

// AuditKey is the private key that signs now.
func (d Dir) AuditKey() string { return filepath.Join(d.Keys(), "audit.key") }

// AuditPub is the verification key of epoch 0: the one to copy off the host.
func (d Dir) AuditPub() string { return filepath.Join(d.Keys(), "audit.pub") }

// RedactionKey is the key of the hashes that stand for redacted secrets.
func (d Dir) RedactionKey() string { return filepath.Join(d.Keys(), "redaction.key") }

// Queue holds the collector's persistent sending queues.
func (d Dir) Queue() string { return filepath.Join(string(d), "queue") }

// Loki holds the data of the Loki that we run ourselves.
func (d Dir) Loki() string { return filepath.Join(string(d), "loki") }

// Grafana holds the data of the Grafana that we run ourselves. It is made when one
// is run.
func (d Dir) Grafana() string { return filepath.Join(string(d), "grafana") }

// Alerts holds the security alert log.
func (d Dir) Alerts() string { return filepath.Join(string(d), "alerts") }

// CollectorConfigs holds what the operator adds to the collector's configuration. It
// is made by whoever wants it.
func (d Dir) CollectorConfigs() string { return filepath.Join(string(d), "collector.d") }

// Logs holds the output of the background processes and of failed hooks.
func (d Dir) Logs() string { return filepath.Join(string(d), "logs") }

// Create makes the state directory and its parts, each 0700. A part that
// exists with wider permissions is narrowed.
func (d Dir) Create() error {
	for _, dir := range []string{string(d), d.Run(), d.Sessions(), d.Spool(), d.Audit(), d.Keys(), d.Queue(), d.Loki(), d.Alerts(), d.Logs()} {
		if err := Ensure(dir); err != nil {
			return err
		}
	}
	return nil
}

// Ensure makes dir (and its parents) and holds it at 0700.
func Ensure(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("create state directory: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("inspect state directory: %w", err)
	}
	if info.Mode().Perm() != 0o700 {
		if err := os.Chmod(dir, 0o700); err != nil { //nolint:gosec // a directory needs its x bit
			return fmt.Errorf("narrow state directory: %w", err)
		}
	}
	return nil
}
