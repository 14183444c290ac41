// Package shoutrrr tells whatever the library of that name knows: Discord, Teams,
// Telegram, Matrix, ntfy, Pushover, Opsgenie and others.
//
// Services read texts in ways of their own. What they get is changed so that no
// markup, link or call of a person comes of it.
package shoutrrr

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/nicholas-fedor/shoutrrr/pkg/router"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"
	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
)

// services are those that may be used. Others are refused, also those that a later
// version of the library brings: logger only writes a log line, and one that runs a
// program must never get an alert's text.
var services = map[string]bool{
	"bark": true, "discord": true, "generic": true, "googlechat": true, "gotify": true, "hangouts": true, "ifttt": true,
	"join": true, "lark": true, "matrix": true, "mattermost": true, "notifiarr": true, "ntfy": true, "opsgenie": true,
	"pagerduty": true, "pushbullet": true, "pushover": true, "rocketchat": true, "signal": true, "slack": true, "smtp": true,
	"teams": true, "telegram": true, "wecom": true, "zulip": true,
}

// maxText is how much of a notification is sent, in bytes: some services take no
// more than 2000 characters.
const maxText = 1800

// Config says what is told.
type Config struct {
	// URL of the service, as https://shoutrrr.nickfedor.com describes it. It is a
	// secret. Required.
	URL configopaque.String `mapstructure:"url"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// DefaultConfig returns the defaults.
func DefaultConfig() Config { return Config{} }

// Validate reports all faults.
func (c *Config) Validate() error {
	if c.URL == "" {
		return errors.New("url: must be set")
	}
	u, err := url.Parse(string(c.URL))
	if err != nil { // the error would show it
		return errors.New("url: cannot be read")
	}
	service, _, _ := strings.Cut(u.Scheme, "+")
	if !services[service] {
		return fmt.Errorf("url: the service is none of %s", strings.Join(slices.Sorted(maps.Keys(services)), ", "))
	}
	if _, err := open(c); err != nil {
		return fmt.Errorf("url: %w", err)
	}
	return nil
}

// open makes the service ready. Nothing is sent yet.
func open(c *Config) (service types.Service, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.New("the service does not take it")
		}
	}()
	if service, err = (&router.ServiceRouter{}).Locate(string(c.URL)); err != nil {
		return nil, errors.New("the service does not take it") // the error may hold the URL
	}
	return service, nil
}

type notifier struct {
	service types.Service
	secret  string
	busy    chan struct{} // holds one while a service is at work
}

// New returns a notifier.
func New(c *Config) (notify.Notifier, error) {
	service, err := open(c)
	if err != nil {
		return nil, fmt.Errorf("prepare the service: %w", err)
	}
	return &notifier{service: service, secret: string(c.URL), busy: make(chan struct{}, 1)}, nil
}

func (s *notifier) Batch() int { return 1 }

func (s *notifier) Notify(ctx context.Context, list ...*notify.Notification) (told int, retry bool, err error) {
	for i, n := range list {
		if err := s.send(ctx, n); err != nil {
			return i, true, fmt.Errorf("tell the service: %w", err)
		}
	}
	return len(list), false, nil
}

// send waits until the service has answered or ctx ends. The library knows no
// context: a service that is still at work then is waited for by the next call.
func (s *notifier) send(ctx context.Context, n *notify.Notification) error {
	select {
	case s.busy <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("the service is still at work: %w", ctx.Err())
	}
	result := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				result <- errors.New("the service panicked")
			}
			<-s.busy
		}()
		result <- s.service.Send(body(n), &types.Params{})
	}()
	select {
	case err := <-result:
		return s.withoutSecret(err)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// withoutSecret keeps of an error what cannot hold a part of the URL.
func (s *notifier) withoutSecret(err error) error {
	if err == nil {
		return nil
	}
	var failed *url.Error
	if errors.As(err, &failed) {
		err = failed.Err
	}
	what := err.Error()
	u, parseErr := url.Parse(s.secret)
	if parseErr != nil {
		return errors.New("it failed")
	}
	parts := []string{s.secret, u.Host, u.Path, u.RawQuery, u.Fragment}
	if u.User != nil {
		password, _ := u.User.Password()
		parts = append(parts, u.User.Username(), password)
	}
	parts = append(parts, strings.FieldsFunc(u.Path+"/"+u.RawQuery, func(r rune) bool { return strings.ContainsRune("/&=", r) })...)
	for _, values := range u.Query() {
		parts = append(parts, values...)
	}
	for _, part := range slices.Clone(parts) { // as it may be written elsewhere
		parts = append(parts, url.PathEscape(part), url.QueryEscape(part))
	}
	// The longest first: a part of another would leave the rest of it.
	slices.SortFunc(parts, func(a, b string) int { return len(b) - len(a) })
	for _, part := range parts {
		if len(part) > 3 {
			what = strings.ReplaceAll(what, part, "…")
		}
	}
	return errors.New(notify.Line(what, 300))
}

// harmless takes the characters that services read as markup or as a call.
var harmless = strings.NewReplacer("<", "‹", ">", "›", "`", "ʼ", "*", "∗", "_", "＿", "~", "∼", "|", "∣", "[", "(", "]", ")", "#", "＃", "&", "＆", "\\", "＼")

func body(n *notify.Notification) string {
	var b strings.Builder
	b.WriteString(harmless.Replace(notify.Defang(n.Headline())) + "\n")
	for _, f := range n.Fields() {
		line := harmless.Replace(notify.Defang(f.Name+": "+notify.Line(f.Value, 300))) + "\n"
		if b.Len()+len(line) > maxText {
			b.WriteString("…\n")
			break
		}
		b.WriteString(line)
	}
	return b.String()
}

func (s *notifier) Close() error { return nil }
