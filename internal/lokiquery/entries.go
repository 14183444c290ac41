package lokiquery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Entry is one line in Loki.
type Entry struct {
	Time     time.Time
	Line     string
	Labels   map[string]string
	Metadata map[string]string
	Parsed   map[string]string // what stages such as | json found
}

// ErrCrowded says that more entries than a page holds stand at one instant and
// cannot be told apart by event id.
var ErrCrowded = errors.New("too many entries without an event id at one instant: narrow the query")

// QueryRange returns one page: at most limit entries in [start, end), the
// newest ones when backward, else the oldest; in that order.
func (c *Client) QueryRange(ctx context.Context, q Query, start, end time.Time, limit int, backward bool) ([]Entry, error) {
	direction := "forward"
	if backward {
		direction = "backward"
	}
	var out struct {
		Data struct {
			Result []struct {
				Stream map[string]string
				Values [][]json.RawMessage
			}
		}
	}
	err := c.decode(ctx, "/loki/api/v1/query_range", url.Values{
		"query": {q.String()}, "start": {nanos(start)},
		"end": {nanos(end)}, "limit": {strconv.Itoa(limit)}, "direction": {direction},
	}, &out)
	if err != nil {
		return nil, err
	}
	var entries []Entry
	for _, s := range out.Data.Result {
		for _, v := range s.Values {
			e := Entry{Labels: s.Stream}
			var ts string
			if len(v) < 2 || json.Unmarshal(v[0], &ts) != nil || json.Unmarshal(v[1], &e.Line) != nil {
				return nil, errors.New("read Loki's answer: an entry is not [time, line]")
			}
			n, err := strconv.ParseInt(ts, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("read Loki's answer: %w", err)
			}
			e.Time = time.Unix(0, n)
			if len(v) > 2 {
				var extra struct{ StructuredMetadata, Parsed map[string]string }
				if err := json.Unmarshal(v[2], &extra); err != nil {
					return nil, fmt.Errorf("read Loki's answer: %w", err)
				}
				e.Metadata, e.Parsed = extra.StructuredMetadata, extra.Parsed
			}
			entries = append(entries, e)
		}
	}
	slices.SortStableFunc(entries, func(a, b Entry) int {
		if backward {
			a, b = b, a
		}
		return a.Time.Compare(b.Time)
	})
	return entries, nil
}

// Walk calls fn for every entry in [start, end), page by page, until fn returns
// false. The last instant of a full page is asked for again as a whole, so that
// entries with equal times are neither lost nor doubled.
func (c *Client) Walk(ctx context.Context, q Query, start, end time.Time, backward bool, fn func(Entry) bool) error {
	return c.WalkPages(ctx, q, start, end, backward, MaxPage, fn)
}

// WalkPages is Walk with pages of the given size: who wants only some entries
// asks for smaller ones. Where entries are so long that a page is more than is read of
// an answer, or than Loki can give, they are made smaller.
func (c *Client) WalkPages(ctx context.Context, q Query, start, end time.Time, backward bool, size int, fn func(Entry) bool) error {
	size = min(max(size, 2), MaxPage)
	for start.Before(end) {
		page, err := c.QueryRange(ctx, q, start, end, size, backward)
		if tooLarge(err) && size > smallestPage {
			size = max(size/4, smallestPage)
			continue
		}
		if err != nil {
			return err
		}
		full := len(page) >= size
		if full {
			edge := page[len(page)-1].Time
			if page[0].Time.Equal(edge) {
				if page, err = c.instant(ctx, q, edge, ""); err != nil {
					return err
				}
				if backward {
					end = edge
				} else {
					start = edge.Add(1)
				}
			} else {
				page = slices.DeleteFunc(page, func(e Entry) bool { return e.Time.Equal(edge) })
				if backward {
					end = edge.Add(1)
				} else {
					start = edge
				}
			}
		}
		for _, e := range page {
			if !fn(e) {
				return nil
			}
		}
		if !full {
			return nil
		}
	}
	return nil
}

// Newest returns the newest entries in [start, end), the newest first: at most most, or
// as many as Loki can give at once where they are long. full says that there may be more.
func (c *Client) Newest(ctx context.Context, q Query, start, end time.Time, most int) (found []Entry, full bool, err error) {
	for {
		found, err = c.QueryRange(ctx, q, start, end, most, true)
		if !tooLarge(err) || most <= smallestPage {
			return found, err == nil && len(found) >= most, err
		}
		most = max(most/4, smallestPage)
	}
}

// smallestPage is the size that pages are not made smaller than.
const smallestPage = 20

// tooLarge reports whether fewer entries would have been an answer. Between its own parts
// Loki takes 4 MiB unless it is configured.
func tooLarge(err error) bool {
	var refused *APIError
	return errors.Is(err, ErrTooLarge) || errors.As(err, &refused) && refused.Status >= http.StatusInternalServerError && strings.Contains(refused.Message, "larger than max")
}

// anyStart begins an expression for what an id ends in. Loki anchors such an
// expression, but simplifies ".*x" to "contains x" (seen in 3.7.8); a class it
// leaves alone.
const anyStart = "[^\n]*"

// instant returns all entries at t whose event id ends in suffix, splitting by
// the digit before it for as long as a page is full.
func (c *Client) instant(ctx context.Context, q Query, t time.Time, suffix string) ([]Entry, error) {
	if len(suffix) > 8 {
		return nil, ErrCrowded
	}
	var all []Entry
	for _, d := range "0123456789abcdef" {
		tail := string(d) + suffix
		page, err := c.QueryRange(ctx, q.filter(semconv.MetadataEventID, "=~", anyStart+tail+"$"), t, t.Add(1), MaxPage, false)
		if err == nil && len(page) >= MaxPage {
			page, err = c.instant(ctx, q, t, tail)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
	}
	rest := q.filter(semconv.MetadataEventID, "!~", anyStart+"[0-9a-f]"+suffix+"$")
	if suffix != "" {
		rest = rest.filter(semconv.MetadataEventID, "=~", anyStart+suffix+"$")
	}
	page, err := c.QueryRange(ctx, rest, t, t.Add(1), MaxPage, false)
	if err == nil && len(page) >= MaxPage {
		err = ErrCrowded
	}
	return append(all, page...), err
}
