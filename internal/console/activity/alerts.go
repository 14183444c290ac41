package activity

// maxAlerts bounds how many alerts are kept.
const maxAlerts = 1000

// AlertState is an alert, and whether somebody has seen it.
type AlertState struct {
	Event *Event // its Alert is not nil
	Ack   *Ack   // nil while nobody has
}

// alerts keeps the newest alerts, each once.
type alerts struct {
	list []*AlertState // oldest first
	byID map[string]*AlertState
	lost int
}

// add takes an alert over; it returns nil when it is known already.
func (a *alerts) add(e *Event) *AlertState {
	id := e.Alert.ID
	if id != "" && a.byID[id] != nil {
		return nil
	}
	s := &AlertState{Event: e}
	a.list = append(a.list, s)
	if id != "" {
		a.byID[id] = s
	}
	if len(a.list) > maxAlerts {
		old := a.list[0]
		if a.byID[old.Event.Alert.ID] == old {
			delete(a.byID, old.Event.Alert.ID)
		}
		a.list[0] = nil
		a.list = a.list[1:]
		a.lost++
	}
	return s
}

// acknowledge notes the first acknowledgement of an alert. It returns nil when
// the alert is not known, or was acknowledged before.
func (a *alerts) acknowledge(k *Ack) *AlertState {
	s := a.byID[k.AlertID]
	if s == nil || s.Ack != nil {
		return nil
	}
	s.Ack = k
	return s
}
