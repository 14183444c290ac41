// Package email sends notifications by SMTP, a mail each, in plain text and HTML.
//
// A mail's Message-ID is derived of the alert's id: where the server's answer was
// lost and the mail is sent again, mail programs recognise it.
package email

import (
	"context"
	"errors"
	"fmt"
	"time"

	mail "github.com/wneessen/go-mail"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
)

const batch = 20

type notifier struct {
	config *Config
	conn   *connection // nil when there is none
	now    func() time.Time
}

// New returns a notifier that sends mail as configured.
func New(config *Config) notify.Notifier { return &notifier{config: config, now: time.Now} }

func (e *notifier) Batch() int { return batch }

func (e *notifier) Notify(ctx context.Context, list ...*notify.Notification) (told int, retry bool, err error) {
	for i, n := range list {
		msg, err := e.message(n)
		if err != nil {
			return i, false, fmt.Errorf("write the mail of alert %s: %w", n.ID, err)
		}
		if retry, err := e.send(ctx, msg); err != nil {
			return i, retry, err
		}
	}
	return len(list), false, nil
}

func (e *notifier) send(ctx context.Context, msg *mail.Msg) (retry bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			retry, err = false, fmt.Errorf("send mail: panic: %v", p)
		}
	}()
	kept := e.conn != nil && e.now().Sub(e.conn.used) < idle
	if !kept {
		if err := e.connect(ctx); err != nil {
			return true, err
		}
	}
	err = e.through(ctx, msg)
	if err != nil && kept && !msg.IsDelivered() && reason(err) == mail.ErrConnCheck {
		// The server has ended the conversation meanwhile.
		if err := e.connect(ctx); err != nil {
			return true, err
		}
		err = e.through(ctx, msg)
	}
	if err == nil || msg.IsDelivered() {
		e.conn.used = e.now()
		if err != nil {
			_ = e.Close() // the mail is sent; the next gets a new connection
		}
		return false, nil
	}
	_ = e.Close() // in whatever state the conversation is
	return retryable(err), fmt.Errorf("send mail: %w", err)
}

// through sends over the connection there is, and ends it when ctx does.
func (e *notifier) through(ctx context.Context, msg *mail.Msg) error {
	conn := e.conn // it may be another, or none, when ctx ends
	defer context.AfterFunc(ctx, func() { _ = conn.raw.Close() })()
	return conn.client.Send(msg)
}

func (e *notifier) connect(ctx context.Context) error {
	_ = e.Close() // the old one is of no use
	conn, err := e.dial(ctx)
	if err != nil {
		return err
	}
	e.conn = conn
	return nil
}

func reason(err error) mail.SendErrReason {
	var s *mail.SendError
	if errors.As(err, &s) {
		return s.Reason
	}
	return mail.ErrAmbiguous
}

// retryable reports whether an error is not the mail's own fault. That a server
// does not take a sender or recipient is what an operator can cure.
func retryable(err error) bool {
	var s *mail.SendError
	if !errors.As(err, &s) || s.IsTemp() || s.ErrorCode() < 500 {
		return true
	}
	return s.Reason != mail.ErrSMTPData && s.Reason != mail.ErrSMTPDataClose && s.Reason != mail.ErrWriteContent
}

func (e *notifier) Close() error {
	if e.conn == nil {
		return nil
	}
	err := e.conn.close()
	e.conn = nil
	return err
}
