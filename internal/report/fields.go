package report

import (
	"cmp"
	"encoding/json"
	"hash/maphash"
	"maps"
	"slices"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// where says where an event happened.
func where(e *auditlog.Entry) Where {
	return Where{
		SessionID: bounded(e.Attribute(semconv.SessionID), maxName),
		Project:   bounded(e.Attribute(semconv.ProjectName), maxName), ProjectPath: bounded(e.Attribute(semconv.ProjectPath), maxPath),
		AgentID: bounded(e.Attribute(semconv.AgentID), maxName), AgentType: bounded(e.Attribute(semconv.AgentName), maxName),
	}
}

// what is the one thing to know of what was done, and how many bytes all of it has.
func what(e *auditlog.Entry) (text string, all int) {
	for _, k := range []string{semconv.CommandLine, semconv.FilePath, semconv.URLFull} {
		if s := e.Attribute(k); s != "" {
			return bounded(s, maxText), len(s)
		}
	}
	var body struct {
		Action struct {
			Path    any `json:"search_path"`
			Pattern any `json:"search_pattern"`
		} `json:"action_details"`
	}
	if len(e.Body) > 0 && json.Unmarshal(e.Body, &body) == nil {
		for _, v := range []any{body.Action.Path, body.Action.Pattern} {
			if s, _ := v.(string); s != "" {
				return bounded(s, maxText), len(s)
			}
		}
	}
	return "", 0
}

// bounded returns at most limit bytes of s, all of them UTF-8.
func bounded(s string, limit int) string {
	if len(s) > limit {
		s = s[:limit]
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// integer reads an integer attribute; nil when there is none.
func integer(e *auditlog.Entry, name string) *int64 {
	n, ok := e.Attributes[name].(json.Number)
	if !ok {
		return nil
	}
	i, err := n.Int64()
	if err != nil {
		return nil
	}
	return &i
}

func flag(e *auditlog.Entry, name string) bool { v, _ := e.Attributes[name].(bool); return v }

var seed = maphash.MakeSeed()

// key is a short stand-in for texts that are looked up only.
func key(texts ...string) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	for _, s := range texts {
		_, _ = h.WriteString(s) // a hash takes everything
		_ = h.WriteByte(0)
	}
	return h.Sum64()
}

// names collects a few different names.
type names map[string]struct{}

func (n *names) add(s string) {
	if *n == nil {
		*n = names{}
	}
	if s != "" && len(*n) < maxNames {
		(*n)[bounded(s, maxName)] = struct{}{}
	}
}

func (n *names) sorted() []string {
	list := slices.Sorted(maps.Keys(*n))
	if list == nil {
		return []string{}
	}
	return list
}

// byCount orders by count, the largest first, and then by name.
func byCount(a, b int, x, y string) int { return cmp.Or(cmp.Compare(b, a), strings.Compare(x, y)) }
