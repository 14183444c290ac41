package claudehookreceiver

import (
	"encoding/json"
	"net/http"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/version"
)

// Status is what GET /v1/status on the unix socket answers. The README holds
// the contract.
type Status struct {
	Version       string        `json:"version"`
	StartedAt     time.Time     `json:"started_at"`
	UptimeSeconds float64       `json:"uptime_seconds"`
	Accepted      int64         `json:"accepted"`
	Duplicates    int64         `json:"duplicates"`
	Refused       int64         `json:"refused"`
	Spool         spoolSize     `json:"spool"`
	LastEvent     *lastEvent    `json:"last_event"`
	Verdicts      verdictCounts `json:"verdicts"`
}

// verdictCounts are the verdicts that senders waited for.
type verdictCounts struct {
	None       int64 `json:"none"`
	Ask        int64 `json:"ask"`
	Deny       int64 `json:"deny"`
	Unanswered int64 `json:"unanswered"`
	// Judging says whether the last tool call was judged; null before the first.
	Judging *bool `json:"judging"`
}

// spoolSize is the spool as of its last scan.
type spoolSize struct {
	Files         int     `json:"files"`
	Bytes         int64   `json:"bytes"`
	OldestSeconds float64 `json:"oldest_seconds"`
}

// lastEvent is the latest event that the pipeline took.
type lastEvent struct {
	ID   string    `json:"id"`
	Type string    `json:"type"`
	Time time.Time `json:"time"`
}

// lastOf describes the last record; it must be called before the records are
// given away.
func lastOf(ld plog.Logs) *lastEvent {
	rl := ld.ResourceLogs().At(ld.ResourceLogs().Len() - 1)
	sl := rl.ScopeLogs().At(rl.ScopeLogs().Len() - 1)
	lr := sl.LogRecords().At(sl.LogRecords().Len() - 1)
	last := &lastEvent{Time: lr.Timestamp().AsTime()}
	if v, ok := lr.Attributes().Get(semconv.EventID); ok {
		last.ID = v.Str()
	}
	if v, ok := lr.Attributes().Get(semconv.EventType); ok {
		last.Type = v.Str()
	}
	return last
}

func (r *hookReceiver) serveStatus(w http.ResponseWriter, req *http.Request) {
	if req.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		r.refuse(w, req, transportUnix, refuseMethod)
		return
	}
	s := Status{
		Version:       version.Version,
		StartedAt:     r.started.UTC(),
		UptimeSeconds: time.Since(r.started).Seconds(),
		Accepted:      r.counts.accepted.Load(),
		Duplicates:    r.counts.duplicates.Load(),
		Refused:       r.counts.refused.Load(),
		LastEvent:     r.counts.last.Load(),
		Verdicts: verdictCounts{
			None: r.enforcement.none.Load(), Ask: r.enforcement.ask.Load(), Deny: r.enforcement.deny.Load(),
			Unanswered: r.enforcement.unanswered.Load(), Judging: r.enforcement.judging.Load(),
		},
	}
	if size := r.counts.spool.Load(); size != nil {
		s.Spool = *size
	}
	w.Header().Set("Content-Type", mediaJSON)
	_ = json.NewEncoder(w).Encode(s) // the client may be gone
}
