package email_test

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/notify/email"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/notifytest"
)

// mute listens, takes connections and says nothing.
func mute(t *testing.T) *net.TCPAddr {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		var all []net.Conn
		for {
			conn, err := l.Accept()
			if err != nil {
				break
			}
			all = append(all, conn)
		}
		for _, conn := range all {
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-ended
	})
	return l.Addr().(*net.TCPAddr)
}

// Wherever a server falls silent, timeout ends the attempt, without any other end of
// it, and so does the end of the context, long before; the mail is tried again.
func TestWhereverAServerFallsSilent(t *testing.T) {
	silentAt := func(at string) func(t *testing.T) *email.Config {
		return func(t *testing.T) *email.Config {
			released := make(chan struct{})
			_, c := server(t, func(s *notifytest.SMTP) {
				s.Answer = func(command string) string {
					if command == at {
						<-released
					}
					return ""
				}
			})
			t.Cleanup(func() { close(released) })
			return c
		}
	}
	for name, config := range map[string]func(t *testing.T) *email.Config{
		"no greeting": func(t *testing.T) *email.Config {
			_, c := server(t)
			at := mute(t)
			c.Host, c.Port = at.IP.String(), at.Port
			return c
		},
		"no handshake": func(t *testing.T) *email.Config {
			_, c := server(t)
			at := mute(t)
			c.Host, c.Port, c.Security = at.IP.String(), at.Port, email.SecurityTLS
			return c
		},
		"MAIL": silentAt("MAIL"), "RCPT": silentAt("RCPT"), "DATA": silentAt("DATA"),
	} {
		for _, how := range []string{"timeout", "context"} {
			t.Run(name+" "+how, func(t *testing.T) {
				t.Parallel()
				c := config(t)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				c.Timeout = 300 * time.Millisecond
				if how == "context" {
					c.Timeout = time.Minute
					time.AfterFunc(300*time.Millisecond, cancel)
				}
				n := email.New(c)
				start := time.Now()
				told, retry, err := n.Notify(ctx, notifytest.Notifications(0, 2)...)
				require.Error(t, err)
				require.Zero(t, told)
				require.True(t, retry)
				require.NoError(t, n.Close())
				require.Less(t, time.Since(start), 10*time.Second)
				require.NotContains(t, err.Error(), "password")
			})
		}
	}
}
