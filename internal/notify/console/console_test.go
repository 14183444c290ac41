package console_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/console"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/notifytest"
)

func TestOneLineEach(t *testing.T) {
	var out bytes.Buffer
	c := console.New(&out)
	told, _, err := c.Notify(t.Context(), append(notifytest.Notifications(0, 2), notify.Of(notifytest.HostileAlert()))...)
	require.NoError(t, err)
	require.Equal(t, 3, told)
	require.NoError(t, c.Close())
	require.Equal(t, 3, strings.Count(out.String(), "\n"))
	require.Empty(t, notifytest.Invisible(out.String()))
	require.Contains(t, out.String(), `SECURITY ALERT 2026-03-04T05:06:07.890Z MEDIUM `)
}
