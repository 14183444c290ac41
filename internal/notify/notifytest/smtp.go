package notifytest

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
)

// SMTP is a server that takes every mail, after STARTTLS and a login where it is
// told so.
type SMTP struct {
	// Host and Port it listens on.
	Host string
	Port int
	// TLS is nil for a server without STARTTLS.
	TLS *tls.Config
	// Login is what a client must say: user and password. Empty: nothing.
	User, Password string
	// Answer changes the answer to a command, by its first word or, for the end of a
	// mail, ".". It may be nil; "" is the usual answer.
	Answer func(command string) string
	// Taken is called with each mail that was taken. It may be nil.
	Taken func(Mail)

	listener net.Listener
	running  sync.WaitGroup
	mu       sync.Mutex
	mails    []Mail
	open     map[net.Conn]bool
}

// Mail is what the server took.
type Mail struct {
	From  string
	To    []string
	Data  string
	Plain bool // it came without TLS
	Auth  bool
}

// Start has it listen on a port of 127.0.0.1; 0 chooses one.
func (s *SMTP) Start(address string) error {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", address)
	if err != nil {
		return err
	}
	at := l.Addr().(*net.TCPAddr)
	s.listener, s.Host, s.Port, s.open = l, at.IP.String(), at.Port, map[net.Conn]bool{}
	s.running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.open[conn] = true
			s.mu.Unlock()
			s.running.Go(func() {
				defer func() {
					_ = conn.Close()
					s.mu.Lock()
					delete(s.open, conn)
					s.mu.Unlock()
				}()
				s.serve(conn)
			})
		}
	})
	return nil
}

// Stop ends it and all conversations.
func (s *SMTP) Stop() {
	_ = s.listener.Close()
	s.Cut()
	s.running.Wait()
}

// Cut ends the conversations.
func (s *SMTP) Cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.open {
		_ = conn.Close()
	}
}

// Mails are those that it took.
func (s *SMTP) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail{}, s.mails...)
}

func (s *SMTP) serve(conn net.Conn) {
	in := bufio.NewReader(conn)
	secret, authenticated := false, s.User == ""
	var mail Mail
	say := func(command, usual string) bool {
		if s.Answer != nil {
			if other := s.Answer(command); other != "" {
				usual = other
			}
		}
		_, err := conn.Write([]byte(usual + "\r\n"))
		return err == nil && strings.HasPrefix(usual, "2") || strings.HasPrefix(usual, "3")
	}
	say("", "220 sink ESMTP")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		word, rest, _ := strings.Cut(line, " ")
		switch word = strings.ToUpper(word); word {
		case "EHLO", "HELO":
			answer := "250-sink\r\n250-8BITMIME\r\n250-SMTPUTF8"
			if s.TLS != nil && !secret {
				answer += "\r\n250-STARTTLS"
			}
			if s.User != "" && secret {
				answer += "\r\n250-AUTH PLAIN"
			}
			say(word, answer+"\r\n250 OK")
		case "STARTTLS":
			if s.TLS == nil {
				say(word, "502 no")
				continue
			}
			if !say(word, "220 go") {
				continue
			}
			over := tls.Server(conn, s.TLS)
			if over.HandshakeContext(context.Background()) != nil {
				return
			}
			conn, in, secret = over, bufio.NewReader(over), true
		case "AUTH":
			_, token, _ := strings.Cut(rest, " ")
			raw, _ := base64.StdEncoding.DecodeString(token)
			if string(raw) != "\x00"+s.User+"\x00"+s.Password {
				say(word, "535 no")
				continue
			}
			authenticated = true
			say(word, "235 ok")
		case "MAIL":
			if !authenticated {
				say(word, "530 log in")
				continue
			}
			mail = Mail{From: rest, Plain: !secret, Auth: s.User != ""}
			say(word, "250 ok")
		case "RCPT":
			if say(word, "250 ok") {
				mail.To = append(mail.To, rest)
			}
		case "DATA":
			if !say(word, "354 go") {
				continue
			}
			var data strings.Builder
			for {
				line, err := in.ReadString('\n')
				if err != nil {
					return
				}
				if line == ".\r\n" {
					break
				}
				data.WriteString(strings.TrimPrefix(line, "."))
			}
			mail.Data = data.String()
			if say(".", "250 taken") {
				s.mu.Lock()
				s.mails = append(s.mails, mail)
				s.mu.Unlock()
				if s.Taken != nil {
					s.Taken(mail)
				}
			}
		case "RSET", "NOOP":
			say(word, "250 ok")
		case "QUIT":
			say(word, "221 bye")
			return
		default:
			say(word, "500 what")
		}
	}
}

// Certificate returns a server's TLS configuration for 127.0.0.1, and the
// certificate that a client has to trust for it, DER.
func Certificate() (*tls.Config, []byte) {
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	return &tls.Config{Certificates: s.TLS.Certificates, MinVersion: tls.VersionTLS12}, s.Certificate().Raw
}
