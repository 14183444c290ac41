package panelquery

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"strconv"
	"time"
)

func decode(raw []byte) (Answer, error) {
	var m struct {
		Data struct {
			ResultType string `json:"resultType"`
			Result     []struct {
				Metric map[string]string   `json:"metric"`
				Stream map[string]string   `json:"stream"`
				Value  []json.RawMessage   `json:"value"`
				Values [][]json.RawMessage `json:"values"`
			} `json:"result"`
			Stats struct {
				Summary struct {
					Lines int64 `json:"totalLinesProcessed"`
					Bytes int64 `json:"totalBytesProcessed"`
				} `json:"summary"`
			} `json:"stats"`
		} `json:"data"`
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return Answer{}, err
	}
	a := Answer{Kind: m.Data.ResultType, Lines: m.Data.Stats.Summary.Lines, Bytes: m.Data.Stats.Summary.Bytes}
	for _, r := range m.Data.Result {
		switch a.Kind {
		case Vector:
			p, err := number(r.Value)
			if err != nil {
				return a, err
			}
			a.Series = append(a.Series, Series{Labels: r.Metric, Points: []Point{p}})
		case Matrix:
			s := Series{Labels: r.Metric}
			for _, v := range r.Values {
				p, err := number(v)
				if err != nil {
					return a, err
				}
				s.Points = append(s.Points, p)
			}
			a.Series = append(a.Series, s)
		case Streams:
			for _, v := range r.Values {
				s, err := entry(r.Stream, v)
				if err != nil {
					return a, err
				}
				a.Series = append(a.Series, s)
			}
		default:
			return a, fmt.Errorf("result of the type %q", a.Kind)
		}
	}
	return a, nil
}

// number reads [seconds, "value"].
func number(pair []json.RawMessage) (Point, error) {
	var seconds float64
	var text string
	if len(pair) != 2 {
		return Point{}, errors.New("a value is not [time, value]")
	}
	if err := errors.Join(json.Unmarshal(pair[0], &seconds), json.Unmarshal(pair[1], &text)); err != nil {
		return Point{}, err
	}
	value, err := strconv.ParseFloat(text, 64)
	return Point{Time: time.UnixMilli(int64(math.Round(seconds * 1000))), Value: value}, err
}

// entry reads [nanoseconds, line, {structuredMetadata, parsed}]: a series of its
// own, since its metadata differs from that of the next line.
func entry(stream map[string]string, v []json.RawMessage) (Series, error) {
	var stamp, line string
	if len(v) < 2 {
		return Series{}, errors.New("an entry is not [time, line]")
	}
	if err := errors.Join(json.Unmarshal(v[0], &stamp), json.Unmarshal(v[1], &line)); err != nil {
		return Series{}, err
	}
	n, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return Series{}, err
	}
	s := Series{Labels: maps.Clone(stream), Points: []Point{{Time: time.Unix(0, n), Line: line}}}
	if len(v) > 2 {
		var more struct {
			Metadata map[string]string `json:"structuredMetadata"`
			Parsed   map[string]string `json:"parsed"`
		}
		if err := json.Unmarshal(v[2], &more); err != nil {
			return s, err
		}
		maps.Copy(s.Labels, more.Metadata)
		maps.Copy(s.Labels, more.Parsed)
	}
	return s, nil
}
