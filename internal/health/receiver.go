package health

import "time"

// LastEvent is the time of the last event that the receiver took; nil when it
// does not tell or has had none.
func (r Receiver) LastEvent() *time.Time {
	for _, key := range []string{"last_event", "last_event_time"} {
		text, ok := r[key].(string)
		if !ok {
			continue
		}
		if t, err := time.Parse(time.RFC3339Nano, text); err == nil && !t.IsZero() && t.Year() > 1970 {
			return &t
		}
	}
	return nil
}
