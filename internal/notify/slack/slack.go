// Package slack posts notifications to an incoming webhook of Slack.
//
// What comes from an event stands only in texts that Slack does not read as mrkdwn,
// with & < > escaped, so that it can make no link and call nobody.
package slack

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/httpsend"
)

// Bounds that Slack has, with room for escapes.
const (
	maxHeader    = 120
	maxFields    = 10
	maxField     = 300
	maxPlainText = 2500
)

type text struct {
	Type  string `json:"type"`
	Text  string `json:"text"`
	Emoji bool   `json:"emoji"`
}

type block struct {
	Type   string `json:"type"`
	Text   *text  `json:"text,omitempty"`
	Fields []text `json:"fields,omitempty"`
}

type message struct {
	Text        string  `json:"text"` // for notifications of the system
	Markdown    bool    `json:"mrkdwn"`
	UnfurlLinks bool    `json:"unfurl_links"`
	UnfurlMedia bool    `json:"unfurl_media"`
	LinkNames   bool    `json:"link_names"`
	Blocks      []block `json:"blocks"`
}

type notifier struct {
	config *Config
	client *http.Client
}

// New returns a notifier that posts with the client.
func New(config *Config, client *http.Client) notify.Notifier {
	return &notifier{config: config, client: httpsend.Prepare(client)}
}

func (s *notifier) Batch() int { return 1 }

func (s *notifier) Notify(ctx context.Context, list ...*notify.Notification) (told int, retry bool, err error) {
	for i, n := range list {
		if _, retry, err := httpsend.Do(ctx, s.client, httpsend.Request{URL: string(s.config.URL), Body: convert(n)}); err != nil {
			return i, retry, fmt.Errorf("post to Slack: %w", err)
		}
	}
	return len(list), false, nil
}

func convert(n *notify.Notification) message {
	m := message{
		Text:   escape(n.Headline(), maxPlainText),
		Blocks: []block{{Type: "header", Text: plain(n.Headline(), maxHeader)}},
	}
	var short []text
	var long strings.Builder
	for _, f := range n.Fields() {
		if len(f.Value) <= 60 && len(short) < maxFields {
			short = append(short, *plain(f.Name+": "+f.Value, maxField))
			continue
		}
		long.WriteString(f.Name + ": " + f.Value + "\n")
	}
	if len(short) > 0 {
		m.Blocks = append(m.Blocks, block{Type: "section", Fields: short})
	}
	if long.Len() > 0 {
		m.Blocks = append(m.Blocks, block{Type: "section", Text: plain(long.String(), maxPlainText)})
	}
	return m
}

func plain(s string, limit int) *text { return &text{Type: "plain_text", Text: escape(s, limit)} }

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// escape bounds a text after what escapes add, and ends no escape in its middle.
func escape(s string, limit int) string {
	var b strings.Builder
	for _, r := range s {
		e := escaper.Replace(string(r))
		if b.Len()+len(e) > limit {
			b.WriteString("…")
			break
		}
		b.WriteString(e)
	}
	return b.String()
}

func (s *notifier) Close() error {
	s.client.CloseIdleConnections()
	return nil
}
