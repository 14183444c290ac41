package semconv

// Attributes of a record that claimed to be of a type which only we give: it is
// of type EventHookEvent since.
const (
	EventClaimedType = "claude_code.event.claimed_type" // the type that it came with
	// ClaimedPrefix stands before the name of each attribute of an alert or an
	// acknowledgement that it came with.
	ClaimedPrefix = "claude_code.claimed."
)

// Fields of such a record's body.
const (
	BodyClaimedType = "claimed_type"
	BodyClaimed     = "claimed_body" // a text that claimed it, whole
)
