package post

import (
	"errors"
	"net"
	"net/url"
	"time"

	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configopaque"
)

// DefaultTimeout is how long one request may take.
const DefaultTimeout = 10 * time.Second

// Config is a server to post to.
type Config struct {
	// ClientConfig is the HTTP client: endpoint, tls, headers, timeout, auth.
	ClientConfig confighttp.ClientConfig `mapstructure:",squash"`
	// BearerToken is sent in the Authorization header. Empty: none.
	BearerToken configopaque.String `mapstructure:"bearer_token"`
}

// NewDefaultConfig returns a Config without an endpoint.
func NewDefaultConfig() Config {
	c := Config{ClientConfig: confighttp.NewDefaultClientConfig()}
	c.ClientConfig.Timeout = DefaultTimeout
	c.ClientConfig.Compression = ""
	return c
}

// Check reports the faults of the endpoint and the credentials. plain allows
// http:// to other hosts, for protocols whose answers are signed; a secret needs
// https all the same.
func (c *Config) Check(plain bool) error {
	u, err := url.Parse(c.ClientConfig.Endpoint)
	switch {
	case c.ClientConfig.Endpoint == "":
		return errors.New("endpoint: must be set to the URL to post to")
	// The parse error holds the whole URL, which may hold a password.
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return errors.New("endpoint: must be an http or https URL")
	case u.User != nil:
		return errors.New("endpoint: must not hold a password: use bearer_token, headers or auth")
	case u.Fragment != "":
		return errors.New("endpoint: must have no fragment")
	}
	var faults []error
	if c.ClientConfig.Timeout <= 0 {
		faults = append(faults, errors.New("timeout: must be above 0"))
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		secret := c.BearerToken != "" || c.ClientConfig.Auth.HasValue() || len(c.ClientConfig.Headers) > 0
		if secret || !plain {
			faults = append(faults, errors.New("endpoint: must be https: anyone on the way could read or answer it"))
		}
	}
	if c.BearerToken != "" && c.ClientConfig.Auth.HasValue() {
		faults = append(faults, errors.New("bearer_token: cannot be used together with auth"))
	}
	return errors.Join(faults...)
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
