package harness

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

// Entry is one log line found in Loki.
type Entry struct {
	Time     time.Time
	Labels   map[string]string // of the stream
	Metadata map[string]string // structured metadata
	Parsed   map[string]string // what `| json` found
	Line     string
}

// maxEntries is what one query may return.
const maxEntries = 5000

// Query runs a log query over the last hour and the next minute, oldest first.
func (s *Stack) Query(ctx context.Context, logQL string) ([]Entry, error) {
	return QueryLoki(ctx, s.LokiURL(), logQL)
}

// QueryLoki does so on any Loki.
func QueryLoki(ctx context.Context, base, logQL string) ([]Entry, error) {
	now := time.Now()
	values := url.Values{
		"query": {logQL}, "limit": {strconv.Itoa(maxEntries)}, "direction": {"forward"},
		"start": {strconv.FormatInt(now.Add(-time.Hour).UnixNano(), 10)}, "end": {strconv.FormatInt(now.Add(time.Minute).UnixNano(), 10)},
	}
	raw, err := get(ctx, base+"/loki/api/v1/query_range?"+values.Encode())
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", logQL, err)
	}
	return decodeEntries(raw)
}

func get(ctx context.Context, address string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	// Tells stream labels, structured metadata and parsed labels apart.
	req.Header.Set("X-Loki-Response-Encoding-Flags", "categorize-labels")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d: %s", resp.StatusCode, body[:min(len(body), 500)])
	}
	return body, nil
}

func decodeEntries(raw []byte) ([]Entry, error) {
	var answer struct {
		Data struct {
			Result []struct {
				Stream map[string]string    `json:"stream"`
				Values [][3]json.RawMessage `json:"values"`
			} `json:"result"`
		} `json:"data"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return nil, fmt.Errorf("read Loki's answer: %w", err)
	}
	var list []Entry
	for _, stream := range answer.Data.Result {
		for _, v := range stream.Values {
			var nanos, line string
			var more struct {
				StructuredMetadata map[string]string `json:"structuredMetadata"`
				Parsed             map[string]string `json:"parsed"`
			}
			if err := errors.Join(json.Unmarshal(v[0], &nanos), json.Unmarshal(v[1], &line), json.Unmarshal(v[2], &more)); err != nil {
				return nil, fmt.Errorf("read Loki's entry: %w", err)
			}
			n, err := strconv.ParseInt(nanos, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("read Loki's entry: %w", err)
			}
			list = append(list, Entry{Time: time.Unix(0, n), Labels: stream.Stream, Metadata: more.StructuredMetadata, Parsed: more.Parsed, Line: line})
		}
	}
	return list, nil
}

// Get fetches a page of a loopback server, for instance the collector's metrics.
func Get(ctx context.Context, address string) (string, error) {
	raw, err := get(ctx, address)
	return string(raw), err
}
