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
	ID   string // event id
	At   int64
	Seq  uint64 // in the session; 0 when it has none
	Kind Kind

	Agent     string // that acts; "" is the main agent
	AgentType string // of that agent
	Parent    string // who called it: an agent's id, semconv.AgentMain, or "" when it is not known
	MadeBy    string // the call that it was made by, or ""
	Link      string // how that is known: semconv.LinkConfirmed and so on

	Call     string // tool_use_id of a tool call
	Tool     string
	Action   Action
	Target   string // file, or where is searched
	Detail   string // range of a Read, what a Search asks for
	Duration int64  // ms, of a call that ended; below 0: not known
	Error    string // error.type
	Refused  bool   // of a Begin: it is not allowed, and will not be made
	// HashBefore and HashAfter are SHA-256 of an edited file, hex, where known.
	HashBefore, HashAfter string

	Asked *Asked // of a call with Delegate

	Child string // of a Notification: the agent that reports

	Tokens int64 // of a Request: all of them
	Span   bool  // of a Request: told by a span, which tells of the same request as an event may
}

// Asked is what a call of Agent or Task says. Numbers below 0 are not known.
type Asked struct {
	Type        string // of agent
	Description string
	Background  bool
	// Of the answer:
	Child      string // the agent that it made
	Status     string // such as completed, async_launched
	Tokens     int64
	ToolCalls  int64
	DurationMS int64
}
