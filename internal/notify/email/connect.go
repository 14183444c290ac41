package email

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	mail "github.com/wneessen/go-mail"
)

const authAuto = "auto"

var auths = map[string]mail.SMTPAuthType{
	authAuto: mail.SMTPAuthAutoDiscover, "plain": mail.SMTPAuthPlain, "login": mail.SMTPAuthLogin,
	"cram-md5": mail.SMTPAuthCramMD5, "scram-sha-256": mail.SMTPAuthSCRAMSHA256, "none": mail.SMTPAuthNoAuth,
}

// idle is how long a connection is kept for the next mail.
const idle = 5 * time.Second

// connection is a conversation with the server.
type connection struct {
	client *mail.Client
	raw    net.Conn
	used   time.Time
}

// dial connects.
func (e *notifier) dial(ctx context.Context) (*connection, error) {
	c := e.config
	conn := &connection{}
	// The client waits for greeting and answers as long as its timeout, whatever
	// becomes of ctx: without a connection it does not.
	var left func() bool
	defer func() {
		if left != nil {
			left()
		}
	}()
	tlsConfig, err := c.TLS.LoadTLSConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("load the TLS configuration: %w", err)
	}
	if tlsConfig == nil {
		tlsConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if tlsConfig.ServerName == "" {
		tlsConfig.ServerName = c.Host
	}
	options := []mail.Option{
		mail.WithPort(c.port()), mail.WithTimeout(c.Timeout), mail.WithTLSConfig(tlsConfig),
		mail.WithDialContextFunc(func(dialing context.Context, network, address string) (net.Conn, error) {
			var d interface {
				DialContext(context.Context, string, string) (net.Conn, error)
			} = &net.Dialer{Timeout: c.Timeout}
			if c.Security == SecurityTLS {
				d = &tls.Dialer{NetDialer: &net.Dialer{Timeout: c.Timeout}, Config: tlsConfig}
			}
			raw, err := d.DialContext(dialing, network, address)
			if err == nil {
				conn.raw = raw
				left = context.AfterFunc(ctx, func() { _ = raw.Close() }) // it is of no use
			}
			return raw, err
		}),
	}
	switch c.Security {
	case SecurityTLS:
		options = append(options, mail.WithSSL())
	case SecurityNone:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if c.Username != "" {
		options = append(options, mail.WithSMTPAuth(auths[c.Auth]), mail.WithUsername(c.Username), mail.WithPassword(string(c.Password)))
	}
	if c.Hello != "" {
		options = append(options, mail.WithHELO(c.Hello))
	}
	if conn.client, err = mail.NewClient(c.Host, options...); err != nil {
		return nil, fmt.Errorf("prepare the SMTP client: %w", err)
	}
	if err := conn.client.DialWithContext(ctx); err != nil {
		if conn.raw != nil {
			_ = conn.raw.Close() // it is of no use
		}
		return nil, fmt.Errorf("connect to the SMTP server: %w", err)
	}
	return conn, nil
}

// close says goodbye, or just goes.
func (c *connection) close() error {
	if err := c.client.Close(); err != nil {
		return errors.Join(c.raw.Close())
	}
	return nil
}
