package health

import "time"

// LastEvent is the time of the last event that the receiver took; nil when it
// does not tell or has had none.
func (r Receiver) LastEvent() *time.Time {
	last, ok := r["last_event"].(map[string]any)
	if !ok {
		return nil
	}
	text, ok := last["time"].(string)
	if !ok {
		return nil
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || t.Unix() <= 0 {
		return nil
	}
	t = t.UTC()
	return &t
}
