package slack_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/notifytest"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/slack"
)

type text struct{ Type, Text string }

type message struct {
	Text   string
	Mrkdwn bool
	Blocks []struct {
		Type   string
		Text   *text
		Fields []text
	}
}

var entity = regexp.MustCompile(`&(amp|lt|gt);`)

func TestMessages(t *testing.T) {
	var got []message
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		m := message{Mrkdwn: true}
		if err == nil && json.Unmarshal(raw, &m) == nil {
			got = append(got, m)
		}
	}))
	defer s.Close()
	c := slack.DefaultConfig()
	c.URL = configopaque.String(s.URL + "/services/T/B/x")
	require.NoError(t, c.Validate())
	n := slack.New(&c, s.Client())
	defer n.Close()
	told, _, err := n.Notify(t.Context(), append(notifytest.Notifications(0, 1), notify.Of(notifytest.HostileAlert()))...)
	require.NoError(t, err)
	require.Equal(t, 2, told)
	for _, m := range got {
		require.False(t, m.Mrkdwn)
		texts := []text{{"plain_text", m.Text}}
		require.LessOrEqual(t, len(m.Blocks), 50)
		for _, b := range m.Blocks {
			require.LessOrEqual(t, len(b.Fields), 10)
			texts = append(texts, b.Fields...)
			if b.Text != nil {
				texts = append(texts, *b.Text)
				limit := 3000
				if b.Type == "header" {
					limit = 150
				}
				require.LessOrEqual(t, len(b.Text.Text), limit)
			}
		}
		for _, x := range texts {
			require.Equal(t, "plain_text", x.Type)
			require.NotContains(t, x.Text, "<")
			require.NotContains(t, x.Text, ">")
			require.NotContains(t, entity.ReplaceAllString(x.Text, ""), "&")
			require.Empty(t, notifytest.Invisible(x.Text))
		}
	}
}

func TestTheURLIsASecret(t *testing.T) {
	c := slack.DefaultConfig()
	require.ErrorContains(t, c.Validate(), "url:")
	c.URL = "https://hooks.slack.com/services/SECRET"
	c.ClientConfig.Endpoint = "http://x"
	err := c.Validate()
	require.ErrorContains(t, err, "endpoint:")
	require.NotContains(t, err.Error(), "SECRET")
}
