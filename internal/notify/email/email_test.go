package email_test

import (
	"context"
	"encoding/pem"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/email"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/notifytest"
)

// server starts an SMTP server with STARTTLS and a login, and returns how it is
// reached.
func server(t *testing.T, change ...func(*notifytest.SMTP)) (*notifytest.SMTP, *email.Config) {
	t.Helper()
	tlsConfig, der := notifytest.Certificate()
	s := &notifytest.SMTP{TLS: tlsConfig, User: "user", Password: "password"}
	for _, f := range change {
		f(s)
	}
	require.NoError(t, s.Start("127.0.0.1:0"))
	t.Cleanup(s.Stop)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	c := email.DefaultConfig()
	c.Host, c.Port, c.From, c.To = s.Host, s.Port, "Recorder <recorder@example.com>", []string{"soc@example.com", "Ann <ann@example.com>"}
	c.TLS.CAFile = ca
	c.Username, c.Password = "user", "password"
	require.NoError(t, c.Validate())
	return s, &c
}

func TestMail(t *testing.T) {
	s, c := server(t)
	n := email.New(c)
	list := append(notifytest.Notifications(0, 2), notify.Of(notifytest.HostileAlert()))
	told, _, err := n.Notify(t.Context(), list...)
	require.NoError(t, err)
	require.Equal(t, 3, told)
	require.NoError(t, n.Close())
	got := s.Mails()
	require.Len(t, got, 3)
	for i, m := range got {
		require.False(t, m.Plain, "it came over TLS")
		require.Len(t, m.To, 2)
		parsed, err := mail.ReadMessage(strings.NewReader(m.Data))
		require.NoError(t, err)
		require.Equal(t, "<"+list[i].ID+".alert@example.com>", parsed.Header.Get("Message-Id"))
		require.Equal(t, "auto-generated", parsed.Header.Get("Auto-Submitted"))
		require.Empty(t, parsed.Header.Get("Bcc"))
		require.Empty(t, parsed.Header.Get("X-Injected"))
		subject, err := (&mime.WordDecoder{}).DecodeHeader(parsed.Header.Get("Subject"))
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(subject, "[agent-telemetry] "), subject)
		require.Empty(t, notifytest.Invisible(subject))
		text, html := parts(t, parsed)
		require.Empty(t, notifytest.Invisible(strings.ReplaceAll(text, "\r", "")))
		require.NotContains(t, html, "<script")
		require.NotContains(t, text+html, "http://", "no links of what an agent wrote")
		require.Contains(t, html, "<table")
	}
	require.Contains(t, got[2].Data, "{{.Foot}}", "a template in a value is a text")
}

func parts(t *testing.T, m *mail.Message) (text, html string) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/alternative", kind)
	r := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return text, html
		}
		require.NoError(t, err)
		raw, err := io.ReadAll(quotedprintable.NewReader(p))
		require.NoError(t, err)
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
			html = string(raw)
		} else {
			text = string(raw)
		}
	}
}

func TestWithoutTLSNothingIsSaid(t *testing.T) {
	s, c := server(t, func(s *notifytest.SMTP) { s.TLS = nil })
	n := email.New(c)
	defer n.Close()
	_, retry, err := n.Notify(t.Context(), notifytest.Notifications(0, 1)...)
	require.Error(t, err)
	require.True(t, retry)
	require.Empty(t, s.Mails())
}

func TestAnUnknownCertificateIsRefused(t *testing.T) {
	s, c := server(t)
	c.TLS.CAFile = ""
	n := email.New(c)
	defer n.Close()
	_, _, err := n.Notify(t.Context(), notifytest.Notifications(0, 1)...)
	require.ErrorContains(t, err, "certificate")
	require.Empty(t, s.Mails())
}

// The server ends the conversation between two mails, refuses for now and for good.
func TestWhatGoesWrong(t *testing.T) {
	answer := ""
	s, c := server(t, func(s *notifytest.SMTP) {
		s.Answer = func(command string) string {
			if command == "." {
				return answer
			}
			return ""
		}
	})
	n := email.New(c)
	defer n.Close()
	tell := func(i int) (bool, error) {
		_, retry, err := n.Notify(t.Context(), notifytest.Notifications(i, i+1)...)
		return retry, err
	}
	_, err := tell(0)
	require.NoError(t, err)
	s.Cut()
	if _, err = tell(1); err != nil { // it may be noticed in the middle only
		_, err = tell(1)
	}
	require.NoError(t, err)
	require.Len(t, s.Mails(), 2)

	answer = "451 later"
	retry, err := tell(2)
	require.Error(t, err)
	require.True(t, retry)
	answer = "554 spam"
	retry, err = tell(2)
	require.Error(t, err)
	require.False(t, retry)
	answer = ""
	_, err = tell(2)
	require.NoError(t, err)
	require.Len(t, s.Mails(), 3)

	s.Stop()
	retry, err = tell(3)
	require.Error(t, err)
	require.True(t, retry)
	require.NotContains(t, err.Error(), "password")
}

// A server that does not answer does not keep us longer than we want.
func TestASilentServer(t *testing.T) {
	released := make(chan struct{})
	_, c := server(t, func(s *notifytest.SMTP) {
		s.Answer = func(command string) string {
			if command == "DATA" {
				<-released
			}
			return ""
		}
	})
	t.Cleanup(func() { close(released) })
	n := email.New(c)
	defer n.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, retry, err := n.Notify(ctx, notifytest.Notifications(0, 1)...)
	require.Error(t, err)
	require.True(t, retry)
	require.Less(t, time.Since(start), 5*time.Second)
}

func TestFaultsAreNamed(t *testing.T) {
	c := email.DefaultConfig()
	c.Host, c.Port, c.Security, c.Username = "a b", 70_000, email.SecurityNone, "u"
	c.From, c.To, c.SubjectPrefix, c.Auth = "x", []string{"y\r\nBcc: z@example.com"}, "a\r\nb", "magic"
	for _, key := range []string{"host:", "port:", "username: the password", "username, password", "from:", "to[0]:", "subject_prefix", "auth:"} {
		require.ErrorContains(t, c.Validate(), key)
	}
}
