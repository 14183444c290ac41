package notify

import (
	"fmt"
	"strings"
	"time"
)

// OneLine is a notification in one line of text. The alert's id stands at a fixed
// place: the third word.
func (n *Notification) OneLine() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s", n.Time.UTC().Format("2006-01-02T15:04:05.000Z"), strings.ToUpper(n.Severity), n.ID)
	if s := n.Summary; s != nil {
		fmt.Fprintf(&b, " %s: %s", n.Kind, n.Headline())
		for i, r := range s.Rules {
			sep := ","
			if i == 0 {
				sep = ";"
			}
			fmt.Fprintf(&b, "%s %d %s", sep, r.Count, r.Rule)
		}
		fmt.Fprintf(&b, " since=%s", s.First.UTC().Format(time.RFC3339))
		return b.String()
	}
	a := n.Alert
	fmt.Fprintf(&b, " %s: %s", a.Rule, a.Title)
	for _, f := range []Field{
		{"project", a.Project},
		{"session", a.Session},
		{"tool", a.Tool},
		{"command", a.Command},
		{"file", a.FilePath},
		{"url", a.URL},
		{"event", a.EventID},
	} {
		if f.Value != "" {
			fmt.Fprintf(&b, " %s=%q", f.Name, f.Value)
		}
	}
	if a.Suppressed > 0 {
		fmt.Fprintf(&b, " suppressed=%d", a.Suppressed)
	}
	return b.String()
}
