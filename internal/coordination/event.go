package coordination

// Kind is what an event means here.
type Kind uint8

// The kinds. Of one that is none of the others only its time and agent count.
const (
	Other        Kind = iota
	Begin             // a tool call is about to be made
	End               // it ended, well unless Error says otherwise
	Failed            // it failed
	Denied            // it was not allowed
	AgentStart        // an agent begins
	AgentStop         // an agent stops; it may go on, and stop again
	Prompt            // a person asks
	Notification      // a background agent, Child, reports to the main one, which goes on
	TurnEnd           // the main agent has answered, or failed to
	SessionEnd        // the session ends
	Link              // an agent has another parent than events before say
	Request           // a request to the model, of Claude Code's own telemetry: Tokens
	Ask               // a person is asked whether Tool may be called
)

// Action is what a tool call does, as far as it matters here.
type Action uint8

// The actions.
const (
	Elsewise Action = iota
	Read            // reads Target, the range that Detail says
	Edit            // writes Target
	Search          // searches in Target for what Detail says
	Delegate        // calls an agent: AsksFor
)

// Event is what is needed of a record. All texts come from outside. Times are Unix
// nanoseconds.
type Event struct {
	ID   string `json:"i,omitempty"` // event id
	At   int64  `json:"t,omitempty"`
	Seq  uint64 `json:"s,omitempty"` // in the session; 0 when it has none
	Kind Kind   `json:"k,omitempty"`

	Agent     string `json:"a,omitempty"`  // that acts; "" is the main agent
	AgentType string `json:"at,omitempty"` // of that agent
	Parent    string `json:"p,omitempty"`  // who called it: an agent's id, semconv.AgentMain, or "" when it is not known
	MadeBy    string `json:"m,omitempty"`  // the call that it was made by, or ""
	Link      string `json:"l,omitempty"`  // how that is known: semconv.LinkConfirmed and so on

	Call     string `json:"c,omitempty"` // tool_use_id of a tool call
	Tool     string `json:"o,omitempty"`
	Action   Action `json:"x,omitempty"`
	Target   string `json:"f,omitempty"`  // file, or where is searched
	Detail   string `json:"d,omitempty"`  // range of a Read, what a Search asks for
	Duration int64  `json:"n,omitempty"`  // ms, of a call that ended; below 0: not known
	Error    string `json:"e,omitempty"`  // error.type
	Refused  bool   `json:"rf,omitempty"` // of a Begin: it is not allowed, and will not be made
	// HashBefore and HashAfter are SHA-256 of an edited file, hex, where known.
	HashBefore string `json:"hb,omitempty"`
	HashAfter  string `json:"ha,omitempty"`

	Asked *Asked `json:"q,omitempty"` // of a call with Delegate

	Child string `json:"ch,omitempty"` // of a Notification: the agent that reports

	Tokens int64 `json:"tk,omitempty"` // of a Request: all of them
	Span   bool  `json:"sp,omitempty"` // of a Request: told by a span, which tells of the same request as an event may
}

// Asked is what a call of Agent or Task says. Numbers below 0 are not known.
type Asked struct {
	Type        string `json:"t,omitempty"` // of agent
	Description string `json:"d,omitempty"`
	Background  bool   `json:"b,omitempty"`
	// Of the answer:
	Child      string `json:"c,omitempty"` // the agent that it made
	Status     string `json:"s,omitempty"` // such as completed, async_launched
	Tokens     int64  `json:"n,omitempty"`
	ToolCalls  int64  `json:"k,omitempty"`
	DurationMS int64  `json:"m,omitempty"`
}
