package coordination

import (
	"encoding/json"
	"strconv"
)

// AppendJSON appends the event as encoding/json would write it, but for its escapes, in a
// small part of the time: every event is written to a file.
func (e *Event) AppendJSON(b []byte) []byte {
	o := object{b: append(b, '{')}
	o.text("i", e.ID)
	o.number("t", e.At)
	if e.Seq != 0 {
		o.key("s")
		o.b = strconv.AppendUint(o.b, e.Seq, 10)
	}
	o.number("k", int64(e.Kind))
	o.text("a", e.Agent)
	o.text("at", e.AgentType)
	o.text("p", e.Parent)
	o.text("m", e.MadeBy)
	o.text("l", e.Link)
	o.text("c", e.Call)
	o.text("o", e.Tool)
	o.number("x", int64(e.Action))
	o.text("f", e.Target)
	o.text("d", e.Detail)
	o.number("n", e.Duration)
	o.text("e", e.Error)
	o.flag("rf", e.Refused)
	o.text("hb", e.HashBefore)
	o.text("ha", e.HashAfter)
	if e.Asked != nil {
		o.key("q")
		o.b = e.Asked.appendJSON(o.b)
	}
	o.text("ch", e.Child)
	o.number("tk", e.Tokens)
	o.flag("sp", e.Span)
	return append(o.b, '}')
}

func (q *Asked) appendJSON(b []byte) []byte {
	o := object{b: append(b, '{')}
	o.text("t", q.Type)
	o.text("d", q.Description)
	o.flag("b", q.Background)
	o.text("c", q.Child)
	o.text("s", q.Status)
	o.number("n", q.Tokens)
	o.number("k", q.ToolCalls)
	o.number("m", q.DurationMS)
	return append(o.b, '}')
}

// object is a JSON object while it is written, without fields that are empty.
type object struct {
	b     []byte
	begun bool
}

func (o *object) key(k string) {
	if o.begun {
		o.b = append(o.b, ',')
	}
	o.begun = true
	o.b = append(o.b, '"')
	o.b = append(o.b, k...)
	o.b = append(o.b, '"', ':')
}

func (o *object) number(k string, n int64) {
	if n != 0 {
		o.key(k)
		o.b = strconv.AppendInt(o.b, n, 10)
	}
}

func (o *object) flag(k string, v bool) {
	if v {
		o.key(k)
		o.b = append(o.b, "true"...)
	}
}

func (o *object) text(k, s string) {
	if s != "" {
		o.key(k)
		o.b = AppendJSONText(o.b, s)
	}
}

// AppendJSONText appends a text as JSON.
func AppendJSONText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x80 {
			quoted, _ := json.Marshal(s) // a text can be written
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}
