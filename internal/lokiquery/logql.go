package lokiquery

import (
	"regexp"
	"sort"
	"strconv"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Quote returns a LogQL string literal whose value is s. Bytes that are not
// UTF-8 become U+FFFD, for Loki takes no others.
func Quote(s string) string { return strconv.Quote(strings.ToValidUTF8(s, "\uFFFD")) }

type clause struct{ name, op, value string }

// Query builds a log query. Names and operators are the program's own; every
// value is quoted, so none of it can become part of the query's syntax.
type Query struct {
	labels, metadata []clause
	raw, then        string
}

// Raw is a log query as somebody else wrote it.
func Raw(logql string) Query { return Query{raw: logql} }

// Label asks for streams whose label has exactly this value.
func (q Query) Label(name, value string) Query {
	q.labels = append(q.labels[:len(q.labels):len(q.labels)], clause{name, "=", value})
	return q
}

// LabelOrNone asks for streams whose label has this value or that lack it, and for
// those of which it was taken because there were too many values.
func (q Query) LabelOrNone(name, value string) Query {
	valid := strings.ToValidUTF8(value, "\uFFFD")
	q.labels = append(q.labels[:len(q.labels):len(q.labels)], clause{name, "=~", regexp.QuoteMeta(valid) + "|" + semconv.LabelOverflow + "|"})
	return q
}

// LabelAmong asks for streams whose label has one of these values; "" is that of those
// which lack it.
func (q Query) LabelAmong(name string, values ...string) Query {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = regexp.QuoteMeta(strings.ToValidUTF8(v, "\uFFFD"))
	}
	q.labels = append(q.labels[:len(q.labels):len(q.labels)], clause{name, "=~", strings.Join(quoted, "|")})
	return q
}

// Metadata asks for entries whose structured metadata has exactly this value.
func (q Query) Metadata(name, value string) Query { return q.filter(name, "=", value) }

// MetadataPrefix asks for entries whose structured metadata begins with prefix.
func (q Query) MetadataPrefix(name, prefix string) Query {
	return q.filter(name, "=~", regexp.QuoteMeta(strings.ToValidUTF8(prefix, "\uFFFD"))+".*")
}

func (q Query) filter(name, op, value string) Query {
	q.metadata = append(q.metadata[:len(q.metadata):len(q.metadata)], clause{name, op, value})
	return q
}

// Then adds stages of the program's own, such as "| line_format …". They stand behind
// all conditions, also those that are added later.
func (q Query) Then(stages string) Query {
	q.then = strings.TrimLeft(q.then+" "+stages, " ")
	return q
}

// String returns the LogQL text.
func (q Query) String() string {
	labels := append([]clause(nil), q.labels...)
	sort.SliceStable(labels, func(i, j int) bool { return labels[i].name < labels[j].name })
	var b strings.Builder
	if q.raw != "" {
		b.WriteString(q.raw)
	} else {
		b.WriteByte('{')
	}
	for i, c := range labels {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(c.name + c.op + Quote(c.value))
	}
	if q.raw == "" {
		b.WriteByte('}')
	}
	for _, c := range q.metadata {
		b.WriteString(" | " + c.name + c.op + Quote(c.value))
	}
	if q.then != "" {
		b.WriteString(" " + q.then)
	}
	return b.String()
}
