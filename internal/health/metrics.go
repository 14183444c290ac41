package health

import (
	"bytes"
	"context"
	"math"
	"net/http"
	"sort"
	"strconv"
	"strings"
)

// Sample is one number of the collector's own metrics.
type Sample struct {
	// Name is without the unit and the _total that Prometheus wants behind it.
	Name   string
	Labels map[string]string
	Value  float64
}

// maxSamples bounds how many numbers are read.
const maxSamples = 20_000

// Metrics asks the collector on this host, by the port of its own metrics, for
// those whose name begins with one of the prefixes.
func Metrics(ctx context.Context, port int, prefixes ...string) ([]Sample, error) {
	text, err := get(ctx, &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, "http://127.0.0.1:"+strconv.Itoa(port)+"/metrics")
	if err != nil {
		return nil, err
	}
	return samples(text, prefixes), nil
}

// samples reads Prometheus' text format. Lines that are not of it are passed over.
func samples(text []byte, prefixes []string) (all []Sample) {
	for line := range bytes.Lines(text) {
		s, ok := sample(strings.TrimSpace(string(line)))
		if !ok {
			continue
		}
		for _, p := range prefixes {
			if strings.HasPrefix(s.Name, p) {
				all = append(all, s)
				break
			}
		}
		if len(all) >= maxSamples {
			break
		}
	}
	return all
}

func sample(line string) (s Sample, ok bool) {
	end := strings.IndexAny(line, "{ ")
	if end <= 0 || line[0] == '#' {
		return s, false
	}
	name, rest := line[:end], line[end:]
	s.Labels = map[string]string{}
	if rest[0] == '{' {
		if rest, ok = labels(rest[1:], s.Labels); !ok {
			return s, false
		}
	}
	value, _, _ := strings.Cut(strings.TrimSpace(rest), " ") // a time may follow
	n, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return s, false
	}
	s.Name, s.Value = bareName(name), n
	return s, true
}

// bareName takes off what Prometheus' names have behind those of OpenTelemetry.
func bareName(name string) string {
	tail := ""
	for _, part := range []string{"_bucket", "_sum", "_count"} {
		if head, found := strings.CutSuffix(name, part); found {
			name, tail = head, part
			break
		}
	}
	for _, unit := range []string{"_total", "_seconds", "_ratio"} {
		name = strings.TrimSuffix(name, unit)
	}
	return name + tail
}

// labels reads name="value",…} and returns what follows.
func labels(text string, into map[string]string) (rest string, ok bool) {
	for {
		text = strings.TrimLeft(text, ", ")
		if rest, found := strings.CutPrefix(text, "}"); found {
			return rest, true
		}
		name, more, found := strings.Cut(text, `="`)
		if !found {
			return "", false
		}
		var value strings.Builder
		i := 0
		for ; i < len(more) && more[i] != '"'; i++ {
			if more[i] == '\\' && i+1 < len(more) {
				i++
				if more[i] == 'n' {
					value.WriteByte('\n')
					continue
				}
			}
			value.WriteByte(more[i])
		}
		if i >= len(more) {
			return "", false
		}
		into[name], text = value.String(), more[i+1:]
	}
}

// Quantile estimates a quantile of a histogram whose buckets, samples with a
// label le, are given: the upper bound of the bucket that holds it, or NaN when
// there is nothing in it.
func Quantile(q float64, buckets []Sample) float64 {
	counts := map[float64]float64{}
	for _, b := range buckets {
		if le, err := strconv.ParseFloat(b.Labels["le"], 64); err == nil {
			counts[le] += b.Value
		}
	}
	bounds := make([]float64, 0, len(counts))
	for le := range counts {
		bounds = append(bounds, le)
	}
	sort.Float64s(bounds)
	if len(bounds) == 0 || counts[bounds[len(bounds)-1]] == 0 {
		return math.NaN()
	}
	rank := q * counts[bounds[len(bounds)-1]]
	for _, le := range bounds {
		if counts[le] >= rank {
			return le
		}
	}
	return bounds[len(bounds)-1]
}
