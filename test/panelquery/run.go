package panelquery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Loki is where queries are sent.
type Loki struct {
	URL string
	// Fresh asks Loki to compute the answer and not to take it from a cache.
	Fresh bool
	// HTTP is the client; nil for the default one.
	HTTP *http.Client
}

// Kinds of an Answer.
const (
	Matrix  = "matrix"  // of a range query of numbers
	Vector  = "vector"  // of an instant query of numbers
	Streams = "streams" // of a query of lines
)

// Answer is what Loki says to a query.
type Answer struct {
	Kind   string
	Series []Series
	Took   time.Duration // of the whole request
	Lines  int64         // that Loki read for it
	Bytes  int64
}

// Series is a series of numbers, or of lines with the same labels. Labels holds
// stream labels, structured metadata and parsed fields: what Grafana makes
// fields of.
type Series struct {
	Labels map[string]string
	Points []Point
}

// Point is a value or a line at a time.
type Point struct {
	Time  time.Time
	Value float64
	Line  string
}

// maxAnswer bounds what is read of an answer.
const maxAnswer = 256 << 20

// Run sends the query as Grafana's data source does.
func (l Loki) Run(ctx context.Context, q Query) (Answer, error) {
	path, values := "/loki/api/v1/query_range", url.Values{"query": {q.Expr}, "limit": {strconv.Itoa(q.Limit)}, "direction": {"backward"}}
	if q.Forward {
		values.Set("direction", "forward")
	}
	if q.Instant {
		path = "/loki/api/v1/query"
		values.Set("time", nanos(q.End))
	} else {
		values.Set("start", nanos(q.Start))
		values.Set("end", nanos(q.End))
		values.Set("step", strconv.FormatInt(q.Step.Milliseconds(), 10)+"ms")
	}
	start := time.Now()
	raw, err := l.get(ctx, path, values)
	if err != nil {
		return Answer{}, fmt.Errorf("query %s: %w", q.Expr, err)
	}
	took := time.Since(start)
	a, err := decode(raw)
	if err != nil {
		return Answer{}, fmt.Errorf("query %s: read Loki's answer: %w", q.Expr, err)
	}
	a.Took = took
	return a, nil
}

// LabelValues returns what can be chosen of a variable of type query, when the
// variables that its query names have these values.
func (l Loki) LabelValues(ctx context.Context, v Variable, vars Vars, from, to time.Time) ([]string, error) {
	stream, err := Target{all: v.others}.variables(v.Stream, vars)
	if err != nil {
		return nil, fmt.Errorf("values of %s: %w", v.Name, err)
	}
	raw, err := l.get(ctx, "/loki/api/v1/label/"+url.PathEscape(v.Label)+"/values", url.Values{
		"query": {stream}, "start": {nanos(from)}, "end": {nanos(to)},
	})
	if err != nil {
		return nil, fmt.Errorf("values of %s: %w", v.Name, err)
	}
	var answer struct{ Data []string }
	if err := json.Unmarshal(raw, &answer); err != nil {
		return nil, fmt.Errorf("values of %s: read Loki's answer: %w", v.Name, err)
	}
	return answer.Data, nil
}

func (l Loki) get(ctx context.Context, path string, values url.Values) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, l.URL+path+"?"+values.Encode(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("X-Loki-Response-Encoding-Flags", "categorize-labels")
	if l.Fresh {
		req.Header.Set("Cache-Control", "no-cache")
	}
	client := l.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d: %s", resp.StatusCode, body[:min(len(body), 500)])
	}
	return body, nil
}

func nanos(t time.Time) string { return strconv.FormatInt(t.UnixNano(), 10) }
