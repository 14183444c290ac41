package alerts

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// minID is how much of an id must be given.
const minID = 6

// checkID refuses what cannot be the start of an alert's id.
func checkID(id string) error {
	if len(id) < minID || len(id) > 36 || strings.Trim(strings.ToLower(id), "0123456789abcdef-") != "" {
		return fmt.Errorf("%q is no id of an alert: give at least its first %d characters, as `agent-telemetry alerts show` prints them", id, minID)
	}
	return nil
}

var (
	errUnknown = errors.New("there is no such alert")
	errSeveral = errors.New("this is the start of several ids")
)

// find returns the one alert whose id begins with id.
func find(ctx context.Context, s source, f *filter, id string) (Alert, error) {
	id = strings.ToLower(id)
	found, err := newestAlerts(ctx, s, f, 10, func(a *Alert) bool { return strings.HasPrefix(strings.ToLower(a.ID), id) })
	if err != nil {
		return Alert{}, err
	}
	switch {
	case len(found) == 0:
		return Alert{}, fmt.Errorf("%w: %s (looked back to %s; --since looks further)", errUnknown, id, f.from.Format("2006-01-02"))
	case !oneID(found):
		ids := make([]string, len(found))
		for i, a := range found {
			ids[i] = a.ID
		}
		return Alert{}, fmt.Errorf("%w: %s: %s", errSeveral, id, strings.Join(ids, ", "))
	}
	return found[0], nil // of several records under one id the first: the others are forged
}

func oneID(all []Alert) bool {
	for _, a := range all {
		if a.ID != all[0].ID {
			return false
		}
	}
	return true
}
