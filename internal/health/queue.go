package health

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"strings"
)

// queueSize is the collector's metric of what an exporter's queue holds.
const queueSize = "otelcol_exporter_queue_size{"

// Queued asks the collector on this host, by the port of its own metrics, how
// many records wait in an exporter's queue. ok is false when it does not tell.
func Queued(ctx context.Context, port int, exporter string) (n int, ok bool) {
	text, err := get(ctx, &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, "http://127.0.0.1:"+strconv.Itoa(port)+"/metrics")
	if err != nil {
		return 0, false
	}
	return queued(text, exporter)
}

func queued(text []byte, exporter string) (n int, ok bool) {
	for line := range bytes.Lines(text) {
		labels, value, found := strings.Cut(strings.TrimSpace(string(line)), "} ")
		if !found || !strings.HasPrefix(labels, queueSize) || !strings.Contains(labels, `exporter="`+exporter+`"`) {
			continue
		}
		if f, err := strconv.ParseFloat(value, 64); err == nil && f >= 0 && f < 1e12 {
			n += int(f) // one queue a signal
			ok = true
		}
	}
	return n, ok
}
