package lokiquery

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"
)

// IsAway reports whether err says that no Loki answers: another source may.
func IsAway(err error) bool {
	return errors.Is(err, ErrUnreachable) || errors.Is(err, ErrNotReady)
}

// IsMomentary reports whether err says that Loki cannot answer now, and may in a moment:
// it is away, has too much to do, or a part of it does not answer.
func IsMomentary(err error) bool {
	var refused *APIError
	return IsAway(err) || errors.As(err, &refused) && (refused.Status == http.StatusTooManyRequests || refused.Status >= http.StatusInternalServerError)
}

// How the following of Loki works: the last minute is asked for again and again,
// because an entry can come later than its time (a batch, a spool), and what was
// shown is remembered by its key.
const (
	pollInterval = 400 * time.Millisecond
	pollOverlap  = time.Minute
	maxFresh     = 50_000
)

// Follower shows entries as they come.
type Follower struct {
	Client *Client
	Query  Query
	From   time.Time // nothing older is shown
	// Key tells an entry from every other.
	Key func(Entry) string
	// Shown are the keys of what was shown already, with its time; may be nil.
	Shown map[string]time.Time
	// Wanted says whether an entry is to be shown; nil means all are.
	Wanted func(Entry) bool
	// Compare orders the entries of a look; nil leaves them as Loki gives them, by time.
	Compare func(a, b Entry) int
	Show    func(Entry) error
	// Notice tells the person who waits that Loki does not answer.
	Notice func(string)
}

// Follow shows what comes, in the order of time of each look, until ctx is done
// or Show returns an error. While Loki is away it waits.
func (f Follower) Follow(ctx context.Context) error {
	if f.Shown == nil {
		f.Shown = map[string]time.Time{}
	}
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	away := false
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
		fresh, err := f.look(ctx)
		switch {
		case IsMomentary(err):
			if !away {
				f.Notice("Loki does not answer; waiting for it: " + err.Error() + ".")
			}
			away = true
			continue
		case err != nil:
			return err
		}
		away = false
		for _, e := range fresh {
			if err := f.Show(e); err != nil {
				return err
			}
			f.Shown[f.Key(e)] = e.Time
		}
		f.forget()
	}
}

// look asks for the last minute and returns what was not shown.
func (f *Follower) look(ctx context.Context) (fresh []Entry, err error) {
	if t := time.Now().Add(-pollOverlap); t.After(f.From) {
		f.From = t
	}
	err = f.Client.WalkPages(ctx, f.Query, f.From, time.Now().Add(pollOverlap), false, MaxPage, func(e Entry) bool {
		if _, old := f.Shown[f.Key(e)]; !old && (f.Wanted == nil || f.Wanted(e)) {
			fresh = append(fresh, e)
		}
		return len(fresh) < maxFresh
	})
	if f.Compare != nil {
		slices.SortStableFunc(fresh, f.Compare)
	}
	return fresh, err
}

// forget drops what is older than any question still to come.
func (f *Follower) forget() {
	for key, at := range f.Shown {
		if at.Before(f.From) {
			delete(f.Shown, key)
		}
	}
}
