package story

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrNoSession says that no session is the one that was asked for.
var ErrNoSession = errors.New("there is no such session")

// AmbiguousError says that several sessions begin with what was asked for.
type AmbiguousError struct {
	Prefix   string
	Sessions []string // some of them
}

// Error implements error.
func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("%d or more sessions begin with %q: %s: give more of the id", len(e.Sessions), e.Prefix, quoted(e.Sessions))
}

func quoted(ids []string) string {
	all := make([]string, 0, len(ids))
	for _, id := range ids {
		all = append(all, fmt.Sprintf("%q", id))
	}
	return strings.Join(all, ", ")
}

const (
	maxFound = 8 // sessions that an AmbiguousError names
	wholeID  = 36
)

// Find returns the id of the session that begins with id, or for "" of the session
// with the newest record. A whole id is taken as it is, whether there are records
// of it or not. The error is ErrNoSession, *AmbiguousError, or that of reading.
func Find(ctx context.Context, source Source, q Query, id string) (string, error) {
	if id == "" {
		last, err := source.last(ctx, q)
		if err == nil && last == "" {
			err = ErrNoSession
		}
		return last, err
	}
	if len(id) == wholeID && strings.Count(id, "-") == 4 {
		return id, nil
	}
	found, err := source.starting(ctx, q, id)
	switch {
	case err != nil:
		return "", err
	case slices.Contains(found, id): // others may go on behind it
		return id, nil
	case len(found) == 0:
		return "", fmt.Errorf("%w: none begins with %q", ErrNoSession, id)
	case len(found) > 1:
		return "", &AmbiguousError{Prefix: id, Sessions: found}
	}
	return found[0], nil
}

// with adds ids that are not among found yet, in their order, up to maxFound, and
// whole beside them: it is the one that is meant.
func with(found []string, ids map[string]struct{}, whole string) []string {
	for id := range ids {
		if (len(found) < maxFound || id == whole) && !slices.Contains(found, id) {
			found = append(found, id)
		}
	}
	slices.Sort(found)
	return found
}
