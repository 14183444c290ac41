package activity

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/console/celltext"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// body is what is read of an event's body. A field of another type than it should
// have is left empty, and hides no other.
type body struct {
	EventType   string `json:"event_type"`
	HookEvent   string `json:"hook_event"`
	SessionID   string `json:"session_id"`
	ProjectPath string `json:"project_path"`
	ProjectName string `json:"project_name"`
	ToolName    string `json:"tool_name"`
	Action      struct {
		FilePath string `json:"file_path"`
		Command  string `json:"command"`
		Pattern  string `json:"search_pattern"`
		URL      string `json:"url"`
		Outside  bool   `json:"outside_project_scope"`
		Context  struct {
			Duration     *float64 `json:"duration_ms"`
			ExitCode     *float64 `json:"exit_code"`
			Description  string   `json:"description"`
			Skill        string   `json:"skill"`
			MCPTool      string   `json:"mcp_tool"`
			Subject      string   `json:"subject"`
			Source       string   `json:"source"`
			Reason       string   `json:"reason"`
			Message      string   `json:"message"`
			Trigger      string   `json:"trigger"`
			Notification string   `json:"notification_type"`
		} `json:"tool_context"`
	} `json:"action_details"`
	Changes struct {
		Added   *float64 `json:"lines_added"`
		Removed *float64 `json:"lines_removed"`
	} `json:"file_changes"`
	Metadata struct {
		EventID string `json:"event_id"`
		Prompt  string `json:"user_prompt_preview"`
	} `json:"metadata"`
	Ack struct {
		AlertID   string `json:"alert_id"`
		Rule      string `json:"rule"`
		By        string `json:"by"`
		Reason    string `json:"reason"`
		FromAgent bool   `json:"from_agent"`
	} `json:"acknowledgement"`
	Gap struct {
		State   string   `json:"state"`
		Missing *float64 `json:"missing"`
		Ranges  string   `json:"ranges"`
	} `json:"gap"`
}

func readBody(text []byte) (b body) {
	// What can be read is, and of what cannot the name and the time are shown.
	_ = json.Unmarshal(text, &b)
	return b
}

// what is the one thing to know of what was done.
func (b *body) what() string {
	c := &b.Action.Context
	inProject := strings.TrimPrefix(b.Action.FilePath, strings.TrimRight(b.ProjectPath, "/")+"/")
	if b.EventType == semconv.EventTelemetryGap {
		return fmt.Sprintf("%s: %s events, %s", b.Gap.State, number(b.Gap.Missing), b.Gap.Ranges)
	}
	return cmp.Or(b.Action.Command, inProject, b.Action.Pattern, b.Action.URL, b.Metadata.Prompt,
		c.Description, c.Skill, c.MCPTool, c.Subject, c.Source, c.Reason, c.Message, c.Trigger, c.Notification)
}

// facts are the numbers behind it.
func (b *body) facts() string {
	var parts []string
	if added, removed := number(b.Changes.Added), number(b.Changes.Removed); added != "" || removed != "" {
		parts = append(parts, "+"+cmp.Or(added, "0")+" −"+cmp.Or(removed, "0"))
	}
	if b.Action.Context.Duration != nil {
		parts = append(parts, Took(b.duration()))
	}
	if code := number(b.Action.Context.ExitCode); code != "" {
		parts = append(parts, "exit "+code)
	}
	return celltext.Clean(strings.Join(parts, " "), maxFacts)
}

// maxDuration bounds what is believed.
const maxDuration = 1000 * time.Hour

func (b *body) duration() time.Duration {
	if b.Action.Context.Duration == nil {
		return 0
	}
	ms := min(max(*b.Action.Context.Duration, 0), maxDuration.Seconds()*1000)
	return time.Duration(ms * float64(time.Millisecond))
}

func number(v *float64) string {
	if v == nil {
		return ""
	}
	return fmt.Sprintf("%.6g", *v)
}

// Took is a duration for people, such as 21 ms, 1.5 s or 3 min.
func Took(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	}
	return fmt.Sprintf("%.1f h", d.Hours())
}
