package shoutrrr_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/notifytest"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/shoutrrr"
)

func generic(url string) configopaque.String {
	return configopaque.String("generic" + strings.TrimPrefix(url, "http") + "/hook/SECRETPATH?disabletls=yes")
}

func TestThroughTheLibrary(t *testing.T) {
	var got []string
	status := http.StatusOK
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err == nil {
			got = append(got, string(raw))
		}
		w.WriteHeader(status)
	}))
	defer s.Close()
	c := shoutrrr.Config{URL: generic(s.URL)}
	require.NoError(t, c.Validate())
	n, err := shoutrrr.New(&c)
	require.NoError(t, err)
	defer n.Close()
	told, _, err := n.Notify(t.Context(), append(notifytest.Notifications(0, 1), notify.Of(notifytest.HostileAlert()))...)
	require.NoError(t, err)
	require.Equal(t, 2, told)
	require.Contains(t, got[0], "A download is run")
	for _, x := range got {
		require.Empty(t, notifytest.Invisible(x))
		require.NotContains(t, x, "<")
		require.NotContains(t, x, "@")
		require.NotContains(t, x, "://")
		require.NotContains(t, x, "`")
		require.LessOrEqual(t, utf8.RuneCountInString(x), 2000, "what the strictest service takes")
	}
	status = http.StatusInternalServerError
	_, retry, err := n.Notify(t.Context(), notifytest.Notifications(1, 2)...)
	require.Error(t, err)
	require.True(t, retry)
	require.NotContains(t, err.Error(), "SECRETPATH")
}

// A service that does not answer holds up nobody longer than asked, and is not
// called a second time meanwhile.
func TestASilentService(t *testing.T) {
	released := make(chan struct{})
	calls := make(chan struct{}, 10)
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		calls <- struct{}{}
		<-released
	}))
	defer s.Close()
	c := shoutrrr.Config{URL: generic(s.URL)}
	n, err := shoutrrr.New(&c)
	require.NoError(t, err)
	for range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		_, retry, err := n.Notify(ctx, notifytest.Notifications(0, 1)...)
		cancel()
		require.Error(t, err)
		require.True(t, retry)
	}
	require.Len(t, calls, 1)
	close(released)
}

func TestRefusedServices(t *testing.T) {
	for _, url := range []string{"", "logger://", "script:///bin/sh", "exec:///bin/sh", "file:///etc/passwd", "http://x", "://", "\x00", "slack://SECRET"} {
		c := shoutrrr.Config{URL: configopaque.String(url)}
		err := c.Validate()
		require.ErrorContains(t, err, "url:", url)
		require.NotContains(t, err.Error(), "SECRET")
	}
}
