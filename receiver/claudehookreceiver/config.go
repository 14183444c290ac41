package claudehookreceiver

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"

	"github.com/agent-telemetry/agent-telemetry/internal/delivery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// Config is the configuration of the claude_hook receiver.
type Config struct {
	// StateDirectory holds the sessions' state, and what the other paths derive
	// from. Default: $AGENT_TELEMETRY_HOME, else ~/.local/state/agent-telemetry.
	StateDirectory string `mapstructure:"state_directory"`
	// Socket is the unix socket. Default: run/hook.sock in the state directory.
	Socket string `mapstructure:"socket"`
	// TCP is the loopback listener for HTTP hooks; without it there is none.
	TCP configoptional.Optional[TCPConfig] `mapstructure:"tcp"`
	// Spool is where hooks leave what they could not hand over.
	Spool SpoolConfig `mapstructure:"spool"`
	// PromptPreview keeps the first 120 characters of a prompt that comes by an
	// HTTP hook. Default true.
	PromptPreview bool `mapstructure:"prompt_preview"`
	// Limits bound requests.
	Limits LimitsConfig `mapstructure:"limits"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// TCPConfig is the loopback TCP listener.
type TCPConfig struct {
	// Endpoint is host:port on the loopback interface. Default 127.0.0.1:4319.
	Endpoint string `mapstructure:"endpoint"`
	// Token is the bearer token that every request must carry.
	Token configopaque.String `mapstructure:"token"`
	// TokenFile holds the token instead; it is made when it is missing. Default:
	// run/token in the state directory.
	TokenFile string `mapstructure:"token_file"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// SpoolConfig says how the spool is emptied.
type SpoolConfig struct {
	// Directory of the spool. Default: spool/ in the state directory.
	Directory string `mapstructure:"directory"`
	// PollInterval is how often the spool is scanned beside being watched.
	// Default 1s.
	PollInterval time.Duration `mapstructure:"poll_interval"`
	// MaxFileBytes is the largest file that can be an event. Default 4 MiB.
	MaxFileBytes int64 `mapstructure:"max_file_bytes"`
	// RejectedMaxFiles bounds the files kept in rejected/. Default 100.
	RejectedMaxFiles int `mapstructure:"rejected_max_files"`
	// RejectedMaxBytes bounds their bytes. Default 64 MiB.
	RejectedMaxBytes int64 `mapstructure:"rejected_max_bytes"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// LimitsConfig bounds requests.
type LimitsConfig struct {
	// MaxBodyBytes of an OTLP request, after decompression. Default 20 MiB.
	MaxBodyBytes int64 `mapstructure:"max_body_bytes"`
	// MaxConcurrentRequests that are read, and that the pipeline works on, at a
	// time; further ones wait. Default 64.
	MaxConcurrentRequests int `mapstructure:"max_concurrent_requests"`
	// HookTimeout is how long an HTTP hook waits for the pipeline before its
	// event goes to the spool: Claude Code waits with it. Default 100ms.
	HookTimeout time.Duration `mapstructure:"hook_timeout"`
	// RequestTimeout bounds the work on one request, waiting included. Default 10s.
	RequestTimeout time.Duration `mapstructure:"request_timeout"`
	// RememberedEvents is how many acknowledged event ids are remembered to
	// recognise duplicates. Default 65536.
	RememberedEvents int `mapstructure:"remembered_events"`

	// prevent unkeyed literal initialization
	_ struct{}
}

func createDefaultConfig() component.Config {
	state, _ := statedir.Default() // Validate says when there is none
	return &Config{
		StateDirectory: string(state),
		TCP:            configoptional.Default(TCPConfig{Endpoint: net.JoinHostPort("127.0.0.1", strconv.Itoa(semconv.DefaultHookPort))}),
		Spool: SpoolConfig{
			PollInterval:     time.Second,
			MaxFileBytes:     4 << 20,
			RejectedMaxFiles: 100,
			RejectedMaxBytes: 64 << 20,
		},
		PromptPreview: true,
		Limits: LimitsConfig{
			MaxBodyBytes:          20 << 20,
			MaxConcurrentRequests: 64,
			HookTimeout:           delivery.DefaultTimeout,
			RequestTimeout:        10 * time.Second,
			RememberedEvents:      65_536,
		},
	}
}

func (c *Config) stateDir() statedir.Dir { return statedir.Dir(c.StateDirectory) }

func (c *Config) socket() string {
	if c.Socket != "" {
		return c.Socket
	}
	return c.stateDir().Socket()
}

func (c *Config) spoolDir() string {
	if c.Spool.Directory != "" {
		return c.Spool.Directory
	}
	return c.stateDir().Spool()
}

// maxSocketPath is what fits into a unix socket's address, without the final NUL.
func maxSocketPath() int {
	if runtime.GOOS == "linux" {
		return 107
	}
	return 103
}

// Validate reports every fault of the configuration, each with its YAML key.
func (c *Config) Validate() error {
	var errs []error
	if c.StateDirectory == "" {
		errs = append(errs, errors.New("state_directory: must be set, or AGENT_TELEMETRY_HOME or HOME in the environment"))
	}
	if n := len(c.socket()); n > maxSocketPath() {
		errs = append(errs, fmt.Errorf("socket: the path has %d bytes, a unix socket takes at most %d: choose a shorter one, or a shorter state_directory", n, maxSocketPath()))
	}
	if tcp := c.TCP.Get(); tcp != nil {
		errs = append(errs, tcp.validate())
	}
	positive := func(key string, value int64) {
		if value <= 0 {
			errs = append(errs, fmt.Errorf("%s: must be positive, is %d", key, value))
		}
	}
	positive("spool.poll_interval", int64(c.Spool.PollInterval))
	positive("spool.max_file_bytes", c.Spool.MaxFileBytes)
	positive("spool.rejected_max_files", int64(c.Spool.RejectedMaxFiles))
	positive("spool.rejected_max_bytes", c.Spool.RejectedMaxBytes)
	positive("limits.max_body_bytes", c.Limits.MaxBodyBytes)
	positive("limits.max_concurrent_requests", int64(c.Limits.MaxConcurrentRequests))
	positive("limits.hook_timeout", int64(c.Limits.HookTimeout))
	positive("limits.request_timeout", int64(c.Limits.RequestTimeout))
	positive("limits.remembered_events", int64(c.Limits.RememberedEvents))
	return errors.Join(errs...)
}

// isTokenFile reports whether a path is a state directory's token: that is where
// the installer looks for it.
func isTokenFile(path string) bool {
	home := statedir.Dir(filepath.Dir(filepath.Dir(path)))
	return filepath.Clean(path) == home.TokenFile()
}

// minToken is the shortest token that cannot be guessed.
const minToken = 16

func (t *TCPConfig) validate() error {
	var errs []error
	host, _, err := net.SplitHostPort(t.Endpoint)
	addr, parseErr := netip.ParseAddr(host)
	switch {
	case err != nil:
		errs = append(errs, fmt.Errorf("tcp.endpoint: must be host:port: %w", err))
	case host == "localhost":
	case parseErr != nil || !addr.IsLoopback():
		errs = append(errs, fmt.Errorf("tcp.endpoint: %q is not a loopback address: use 127.0.0.1 (what comes from other hosts goes to an otlp receiver with TLS)", host))
	}
	if t.Token != "" && t.TokenFile != "" {
		errs = append(errs, errors.New("tcp.token_file: cannot be used together with tcp.token"))
	}
	if t.TokenFile != "" && !isTokenFile(t.TokenFile) {
		errs = append(errs, fmt.Errorf("tcp.token_file: must be run/token in a state directory, is %s; or set tcp.token", t.TokenFile))
	}
	if t.Token != "" && len(t.Token) < minToken {
		errs = append(errs, fmt.Errorf("tcp.token: must have at least %d characters", minToken))
	}
	return errors.Join(errs...)
}
