package witness

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/agent-telemetry/agent-telemetry/internal/witness"
)

// maxConfigBytes is the longest configuration file.
const maxConfigBytes = 4 << 20

// config is the configuration file. Flags are stronger.
type config struct {
	Name              string              `yaml:"name"`
	State             string              `yaml:"state"`
	Listen            string              `yaml:"listen"`
	RequestsPerSecond float64             `yaml:"requests_per_second"`
	TLS               witness.TLSFiles    `yaml:"tls"`
	Logs              []witness.LogConfig `yaml:"logs"`
}

func readConfig(path string) (config, error) {
	var c config
	f, err := os.Open(path)
	if err != nil {
		return c, fmt.Errorf("read the configuration: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxConfigBytes+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return c, fmt.Errorf("read the configuration: %w", err)
	}
	if len(text) > maxConfigBytes {
		return c, fmt.Errorf("read the configuration: %s has more than %d bytes", path, maxConfigBytes)
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&c); err != nil && !errors.Is(err, io.EOF) {
		return c, fmt.Errorf("read the configuration %s: %w", path, err)
	}
	return c, nil
}

// validate reports all faults but those of the logs, which witness.Open reports.
func (c *config) validate() error {
	var faults []error
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		faults = append(faults, fmt.Errorf("listen: %q is not HOST:PORT", c.Listen))
	}
	if c.RequestsPerSecond < 0 {
		faults = append(faults, errors.New("requests_per_second: must not be below 0"))
	}
	if len(c.Logs) == 0 {
		faults = append(faults, errors.New("logs: at least one is needed: copy keys/audit.pub from the state directory of the host with the log, and give it with --log-key"))
	}
	return errors.Join(faults...)
}

// exposed reports whether others than this machine can reach an address.
func exposed(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	ip := net.ParseIP(host)
	return err == nil && host != "localhost" && (ip == nil || !ip.IsLoopback())
}

// logKey returns the key that a value of --log-key stands for: a key, or a file
// that holds one on its first line.
func logKey(value string) (string, error) {
	f, err := os.Open(value)
	if err != nil && strings.Count(value, "+") >= 2 {
		return value, nil // a key; no file is called so
	}
	if err != nil {
		return "", fmt.Errorf("--log-key: read the key: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(f, 4<<10))
	if err = errors.Join(err, f.Close()); err != nil {
		return "", fmt.Errorf("--log-key: read the key: %w", err)
	}
	first, _, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	if strings.HasPrefix(first, "PRIVATE+KEY+") {
		return "", fmt.Errorf("--log-key: %s holds a private key: give the public one, and keep that where it is", value)
	}
	return strings.TrimSpace(first), nil
}
