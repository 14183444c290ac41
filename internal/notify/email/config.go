package email

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configtls"
)

// How a connection is made secret.
const (
	SecuritySTARTTLS = "starttls" // required: a server that does not offer it gets nothing
	SecurityTLS      = "tls"      // from the first byte
	SecurityNone     = "none"
)

const maxRecipients = 50

// Config says which server sends mail to whom.
type Config struct {
	// Host of the SMTP server. Required.
	Host string `mapstructure:"host"`
	// Port. Default: 587 with starttls, 465 with tls, 25 with none.
	Port int `mapstructure:"port"`
	// Security is starttls (the default), tls or none.
	Security string `mapstructure:"security"`
	// TLS has certificates and the like.
	TLS configtls.ClientConfig `mapstructure:"tls"`
	// Auth is auto (the default: the safest that the server offers), plain, login,
	// cram-md5, scram-sha-256 or none. Without a username there is none.
	Auth     string              `mapstructure:"auth"`
	Username string              `mapstructure:"username"`
	Password configopaque.String `mapstructure:"password"`
	// From and To are addresses. Required.
	From string   `mapstructure:"from"`
	To   []string `mapstructure:"to"`
	// Hello is the name that we tell the server. Default: the host's.
	Hello string `mapstructure:"hello"`
	// SubjectPrefix stands in front of each subject. Default: [agent-telemetry]
	SubjectPrefix string `mapstructure:"subject_prefix"`
	// Timeout of a step of the conversation. Default 10s.
	Timeout time.Duration `mapstructure:"timeout"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// DefaultConfig returns the defaults.
func DefaultConfig() Config {
	return Config{Security: SecuritySTARTTLS, Auth: authAuto, SubjectPrefix: "[agent-telemetry]", Timeout: 10 * time.Second}
}

// Validate reports all faults.
func (c *Config) Validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if c.Host == "" || strings.ContainsAny(c.Host, "/ \t\r\n@") {
		fault("host: must be the name of the SMTP server")
	}
	if c.Port < 0 || c.Port > 65535 {
		fault("port: %d is not a port", c.Port)
	}
	switch c.Security {
	case SecuritySTARTTLS, SecurityTLS:
	case SecurityNone:
		if c.Username != "" {
			fault("username: the password would be sent in the clear: set security to %s or %s", SecuritySTARTTLS, SecurityTLS)
		}
	default:
		fault("security: %q is none of %s, %s and %s", c.Security, SecuritySTARTTLS, SecurityTLS, SecurityNone)
	}
	if _, ok := auths[c.Auth]; !ok {
		fault("auth: %q is none of auto, plain, login, cram-md5, scram-sha-256 and none", c.Auth)
	}
	if (c.Username == "") != (c.Password == "") {
		fault("username, password: both or none must be set")
	}
	if _, err := address(c.From); err != nil {
		fault("from: %w", err)
	}
	if len(c.To) == 0 || len(c.To) > maxRecipients {
		fault("to: must have 1 to %d addresses", maxRecipients)
	}
	for i, to := range c.To {
		if _, err := address(to); err != nil {
			fault("to[%d]: %w", i, err)
		}
	}
	if strings.ContainsAny(c.SubjectPrefix+c.Hello, "\r\n\x00") {
		fault("subject_prefix, hello: must be one line")
	}
	if c.Timeout <= 0 || c.Timeout > 5*time.Minute {
		fault("timeout: %s is not between 0 and 5m", c.Timeout)
	}
	return errors.Join(faults...)
}

func address(s string) (*mail.Address, error) {
	a, err := mail.ParseAddress(s)
	if err != nil || strings.ContainsAny(s, "\r\n\x00") {
		return nil, fmt.Errorf("%q is not a mail address", s)
	}
	return a, nil
}

func (c *Config) port() int {
	switch {
	case c.Port != 0:
		return c.Port
	case c.Security == SecurityTLS:
		return 465
	case c.Security == SecurityNone:
		return 25
	}
	return 587
}
