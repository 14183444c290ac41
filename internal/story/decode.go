package story

import (
	"bytes"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Bounds of texts in bytes. Longer ones end in an ellipsis.
const (
	maxName     = 256      // names and ids
	maxPath     = 4096     // paths, URLs
	maxCommand  = 16 << 10 // command lines
	maxPhrase   = 1024     // other texts
	maxTexts    = 32       // elements of a list
	maxInterned = 8192     // names that are held once for all records
)

// decoder makes events of records. It is for one goroutine.
type decoder struct {
	// brief leaves out what only a story needs: the body.
	brief bool
	// requests wants events of type ModelRequest, too.
	requests bool
	names    map[string]string
}

// FromAudit returns the event of an entry of the audit log; ok is false when it is
// none of ours.
func FromAudit(entry auditlog.Entry) (e Event, ok bool) {
	ok, err := (&decoder{}).audit(entry.Line, &e)
	return e, ok && err == nil
}

// FromLoki returns the event of an entry in Loki.
func FromLoki(entry lokiquery.Entry) Event { return (&decoder{}).loki(entry) }

func (d *decoder) loki(entry lokiquery.Entry) Event {
	m, l := entry.Metadata, entry.Labels
	name := func(s string) string { return bounded([]byte(s), maxName) }
	e := Event{
		Time: entry.Time.UTC(), ID: name(m[semconv.MetadataEventID]), Type: name(l[semconv.LabelEvent]), Hook: name(m[semconv.MetadataHookEvent]),
		Level: name(strings.ToUpper(l[semconv.LabelLevel])), Session: name(m[semconv.MetadataSessionID]), AgentID: name(m[semconv.MetadataAgentID]),
		PromptID: name(m[semconv.MetadataPromptID]), Tool: name(l[semconv.LabelTool]), ToolUseID: name(m[semconv.MetadataToolUseID]),
		Outside: l[semconv.LabelScope] == semconv.ScopeOutside, Duration: -1,
	}
	c := cursor{b: []byte(entry.Line)}
	_ = d.body(&c, &e) // a line that was cut has told what it could
	d.finish(&e)
	return e
}

var (
	beforeRecord = []byte(`"record":`)
	seqPrefix    = []byte(`{"seq":`)
)

// audit decodes a line of the audit log. ok is false for records that are none of
// ours: the log's own, and Claude Code's telemetry.
func (d *decoder) audit(line []byte, e *Event) (ok bool, err error) {
	*e = Event{Duration: -1}
	at := bytes.Index(line[:min(len(line), 512)], beforeRecord)
	if at < 0 || !bytes.HasPrefix(line, seqPrefix) {
		return false, errJSON
	}
	c := cursor{b: line, i: len(seqPrefix)}
	seq, _, err := c.number()
	if err != nil {
		return false, err
	}
	e.Record = uint64(max(seq, 0))
	c.i = at + len(beforeRecord)
	if c.peek() != '{' {
		return false, errJSON
	}
	ours := true
	var observed time.Time
	err = c.object(func(key []byte) (err error) {
		switch string(key) {
		case "kind":
			kind, err := c.name(d, nil)
			if kind != auditlog.KindLog {
				ours, c.done = false, true
			}
			return err
		case "time":
			return c.time(&e.Time)
		case "observed_time":
			return c.time(&observed)
		case "event_name":
			_, err = c.name(d, &e.Type)
			e.Type = strings.TrimPrefix(e.Type, semconv.EventNamePrefix)
		case "severity_text":
			_, err = c.name(d, &e.Level)
		case "resource":
			return d.resource(&c, e, &ours)
		case "attributes":
			if !ours {
				err = d.request(&c, e)
				c.done = true
				break
			}
			err = c.object(func(key []byte) error { return d.attribute(&c, key, e) })
			c.done = d.brief
		case "body":
			err = d.body(&c, e)
		}
		return err
	})
	if err != nil || !ours && e.Type != ModelRequest {
		return false, err
	}
	if e.Time.IsZero() {
		e.Time = observed
	}
	if !ours {
		return true, nil
	}
	d.finish(e)
	return true, nil
}

// resource reads a record's resource: ours says false for that of another service.
func (d *decoder) resource(c *cursor, e *Event, ours *bool) error {
	service := ""
	err := c.object(func(key []byte) (err error) {
		switch string(key) {
		case semconv.ServiceName:
			_, err = c.name(d, &service)
		case semconv.HostName:
			_, err = c.name(d, &e.Host)
		case semconv.UserName:
			_, err = c.name(d, &e.User)
		}
		return err
	})
	if service != semconv.ServiceNameValue {
		*ours, c.done = false, !d.requests
	}
	return err
}

// finish brings the event into the form that is promised.
func (d *decoder) finish(e *Event) {
	if rest, ok := strings.CutPrefix(e.Tool, "mcp__"); ok {
		server, tool, _ := strings.Cut(rest, "__")
		fill(&e.MCPServer, server)
		fill(&e.MCPTool, tool)
	}
	if e.AgentID == "" {
		e.AgentType = "" // that of the agent which is called
	}
	switch {
	case e.Type != semconv.EventSecurityAlert:
		e.Alert = nil
	case e.Alert == nil:
		e.Alert = &Alert{ID: e.ID}
	case e.Alert.ID == "":
		e.Alert.ID = e.ID
	}
	if e.Type != semconv.EventAlertAcknowledged {
		e.Ack = nil
	}
	for _, s := range []string{e.Command, e.URL, e.Preview, e.Pattern, e.File, e.Description} {
		if strings.Contains(s, redactionMark) {
			e.Redacted = true
		}
	}
}

// redactionMark begins what stands for a secret.
const redactionMark = "[REDACTED:"

// name walks over a value and returns it when it is a string. Strings that come
// again and again are held once. When to is given and still empty it is set.
func (c *cursor) name(d *decoder, to *string) (string, error) { return c.shared(d, to, maxName) }

// shared is name for texts of up to limit bytes.
func (c *cursor) shared(d *decoder, to *string, limit int) (string, error) {
	if c.peek() != '"' {
		return "", c.skip()
	}
	raw, escaped, err := c.quoted()
	if err != nil {
		return "", err
	}
	var s string
	if escaped {
		raw = unescape(raw, limit+8)
	}
	if known, ok := d.names[string(raw)]; ok {
		s = known
	} else {
		s = bounded(raw, limit)
		if len(d.names) < maxInterned && len(raw) <= limit {
			if d.names == nil {
				d.names = map[string]string{}
			}
			d.names[s] = s
		}
	}
	if to != nil && *to == "" {
		*to = s
	}
	return s, nil
}

// put sets to when the value is a string and to is still empty.
func (c *cursor) put(to *string, limit int) error {
	if *to != "" {
		return c.skip()
	}
	s, err := c.text(limit)
	if s != "" {
		*to = s
	}
	return err
}

func (c *cursor) time(to *time.Time) error {
	s, err := c.text(64)
	if t, parseErr := time.Parse(time.RFC3339Nano, s); parseErr == nil {
		*to = t.UTC()
	}
	return err
}

func (c *cursor) putNumber(to *int64) error {
	n, ok, err := c.number()
	if ok {
		*to = n
	}
	return err
}
