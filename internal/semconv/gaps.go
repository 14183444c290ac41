package semconv

// EventTelemetryGap is the event type of a record that tells of events of a
// session that are missing, or that came after they had been missed.
const EventTelemetryGap = "telemetry_gap"

// Attributes of a record of type EventTelemetryGap.
const (
	GapState        = "claude_code.gap.state"         // GapOpen or GapClosed
	GapMissing      = "claude_code.gap.missing"       // how many events
	GapRanges       = "claude_code.gap.ranges"        // their numbers, such as "3-5, 9"
	GapDuration     = "claude_code.gap.wait_ms"       // how long they were waited for
	GapSpoolWaiting = "claude_code.gap.spool_waiting" // true when the spool still held events
)

// Values of GapState.
const (
	GapOpen   = "open"
	GapClosed = "closed"
)

// BodyGap is the field of the body that holds the same; its fields are these.
const (
	BodyGap              = "gap"
	GapBodyState         = "state"
	GapBodyMissing       = "missing"
	GapBodyRanges        = "ranges"
	GapBodyDuration      = "wait_ms"
	GapBodySpoolWaiting  = "spool_waiting"
	GapBodyRangesOmitted = "ranges_omitted" // how many ranges were left out of the list
)
