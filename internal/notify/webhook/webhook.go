// Package webhook posts notifications as JSON to a URL, signed.
//
// A request has the headers
//
//	Idempotency-Key                 the alert's id, the same when it is sent again
//	X-Agent-Telemetry-Timestamp     when it was sent, in Unix seconds
//	X-Agent-Telemetry-Signature     v1=<hex of HMAC-SHA256(secret, timestamp "." body)>
//
// A receiver computes the signature over the bytes it got, compares it in constant
// time, and refuses a timestamp that is more than five minutes away.
package webhook

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/httpsend"
)

// The headers.
const (
	HeaderKey       = "Idempotency-Key"
	HeaderTimestamp = "X-Agent-Telemetry-Timestamp"
	HeaderSignature = "X-Agent-Telemetry-Signature"
)

type notifier struct {
	config *Config
	client *http.Client
	now    func() time.Time
}

// New returns a notifier that posts with the client.
func New(config *Config, client *http.Client) notify.Notifier {
	return &notifier{config: config, client: httpsend.Prepare(client), now: time.Now}
}

// Batch is one: a request has an Idempotency-Key, and so one alert.
func (w *notifier) Batch() int { return 1 }

func (w *notifier) Notify(ctx context.Context, list ...*notify.Notification) (told int, retry bool, err error) {
	for i, n := range list {
		body, err := n.JSON()
		if err != nil {
			return i, false, fmt.Errorf("encode alert %s: %w", n.ID, err)
		}
		timestamp := strconv.FormatInt(w.now().Unix(), 10)
		header := map[string]string{HeaderKey: n.ID, HeaderTimestamp: timestamp}
		if w.config.Secret != "" {
			header[HeaderSignature] = Sign([]byte(w.config.Secret), timestamp, body)
		}
		if _, retry, err := httpsend.Do(ctx, w.client, httpsend.Request{URL: string(w.config.URL), Header: header, Body: body}); err != nil {
			return i, retry, fmt.Errorf("post to the webhook: %w", err)
		}
	}
	return len(list), false, nil
}

func (w *notifier) Close() error {
	w.client.CloseIdleConnections()
	return nil
}

// Sign is the signature's header.
func Sign(secret []byte, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	_, _ = mac.Write([]byte(timestamp + ".")) // a hash takes everything
	_, _ = mac.Write(body)
	return "v1=" + hex.EncodeToString(mac.Sum(nil))
}
