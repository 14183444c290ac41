package eventgen

import (
	"fmt"
	"strconv"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// request adds an event of Claude Code's own telemetry: a request to the model, with
// its tokens and cost. Its attributes are texts, as Claude Code sends them.
func (t *turn) request(at time.Time) {
	s := t.s
	model := s.model
	if s.r.Float64() < 0.15 {
		model = models[2] // what needs no large one
	}
	input, output := int(logNormal(s.r, 900, 0.9)), int(logNormal(s.r, 350, 0.9))
	read, written := int(logNormal(s.r, 30_000, 0.8)), int(logNormal(s.r, 1_500, 1))
	price := map[string]float64{models[0]: 3, models[1]: 5, models[2]: 1}[model] / 1e6 // dollars a token
	cost := price * (float64(input) + 5*float64(output) + 0.1*float64(read) + 1.25*float64(written))
	s.native++
	t.add(item{at: at, native: true, payload: map[string]any{
		semconv.NativeEventName: "api_request", "event.sequence": strconv.Itoa(s.native), "event.timestamp": at.UTC().Format(time.RFC3339Nano),
		semconv.SessionID: s.id, semconv.NativePromptID: s.promptID, "model": model, "cost_usd": fmt.Sprintf("%.6f", cost),
		"duration_ms": strconv.Itoa(int(logNormal(s.r, 4000, 0.7))), "input_tokens": strconv.Itoa(input), "output_tokens": strconv.Itoa(output),
		"cache_read_tokens": strconv.Itoa(read), "cache_creation_tokens": strconv.Itoa(written), "request_id": "req_" + s.hex(10),
		"terminal.type": "xterm", "app.version": claudeVersion, "user.id": "dev",
	}})
}
