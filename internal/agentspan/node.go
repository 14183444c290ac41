package agentspan

import "cmp"

// maxMoments bounds the events of a span.
const maxMoments = 32

// identity is what tells a span from others, and where it stands. Which of it there is
// depends on the kind. Its fields are exported for encoding only.
type identity struct {
	Key   string `json:"key,omitempty"`   // prompt id, agent id or tool_use_id; "" of a session
	Name  string `json:"name,omitempty"`  // of the tool, or type of the agent
	Turn  string `json:"turn,omitempty"`  // of a call or an agent: the prompt id
	Agent string `json:"agent,omitempty"` // of a call: who makes it; "" is the main agent
	Type  string `json:"type,omitempty"`  // of a call: the type of Agent

	// Of an agent: what the newest of its records says of its place.
	Parent     string `json:"parent,omitempty"`
	Root       string `json:"root,omitempty"`
	Delegation string `json:"delegation,omitempty"`
	Link       string `json:"link,omitempty"`
	Depth      int64  `json:"depth,omitempty"` // and 1; 0 is not known
	Background bool   `json:"background,omitempty"`
}

// node is a span that is not finished, or of which only its place in the trace is kept
// because it was finished. Its fields are exported for encoding only.
type node struct {
	Kind Kind `json:"kind"`
	identity

	Began bool  `json:"began,omitempty"` // an event tells that it began
	Ended bool  `json:"ended,omitempty"` // an event tells that it ended
	Start int64 `json:"start"`           // Unix nanoseconds: its beginning, else the first that is known of it
	End   int64 `json:"end,omitempty"`   // the last end that was told
	Last  int64 `json:"last"`            // the last that it did
	Act   int64 `json:"act,omitempty"`   // when it last began to do something: after an end it goes on

	Timed    bool  `json:"timed,omitempty"` // the end came with a duration
	Duration int64 `json:"duration,omitempty"`

	Error    string   `json:"error,omitempty"`  // error.type
	Denied   bool     `json:"denied,omitempty"` // of a call: we said no to it
	Attrs    []Attr   `json:"attrs,omitempty"`
	Moments  []Moment `json:"moments,omitempty"`
	Dropped  int      `json:"dropped,omitempty"`
	Links    []ID     `json:"links,omitempty"`
	Reported int64    `json:"reported,omitempty"` // of an agent: when who called it was told that it has done
	Sent     bool     `json:"sent,omitempty"`

	Placed    int64 `json:"placed,omitempty"`    // of an agent: when its place was told last
	Corrected bool  `json:"corrected,omitempty"` // another place was told after its span was sent

	bytes int // that the tracker counts of it
	id    ID  // of its span, once it was asked for
}

// size is about what it takes in memory.
func (n *node) size() int {
	size := 480 + len(n.Key) + len(n.Name) + len(n.Turn) + sizeOf(n.Attrs) + 8*len(n.Links)
	for i := range n.Moments {
		size += 64 + sizeOf(n.Moments[i].Attrs)
	}
	return size
}

// over reports whether it has ended and not gone on.
func (n *node) over() bool { return n.Ended && n.End >= n.Act }

// came notes that something of it happened.
func (n *node) came(at int64) {
	if !n.Began && at < n.Start {
		n.Start = at
	}
	n.Last = max(n.Last, at)
}

// begins notes the event that tells of its beginning. Of two the first counts.
func (n *node) begins(at int64) {
	if !n.Began || at < n.Start {
		n.Start = at
	}
	n.Began = true
	n.Last = max(n.Last, at)
}

// ends notes an event that tells of its end. Of several the last counts.
func (n *node) ends(at int64) {
	if !n.Ended || at > n.End {
		n.End = at
	}
	n.Ended = true
	n.Last = max(n.Last, at)
}

// place takes over where an agent stands, when no newer record said it.
func (n *node) place(e *event, at int64) {
	if e.link == "" || at < n.Placed || !sane(e.parent) {
		return
	}
	n.Placed, n.Parent, n.Link = at, e.parent, cut(e.link, maxListText)
	n.Root, n.Delegation, n.Depth = "", "", 0
	if sane(e.root) {
		n.Root = e.root
	}
	if sane(e.delegation) {
		n.Delegation = e.delegation
	}
	if e.hasDepth && e.depth >= 0 && e.depth < 1<<20 {
		n.Depth = e.depth + 1
	}
}

// unplace forgets where an agent stands, when no newer record said it.
func (n *node) unplace(at int64) {
	if at >= n.Placed {
		n.Placed, n.Parent, n.Link, n.Root, n.Delegation, n.Depth = at, "", "", "", "", 0
	}
}

// times are the start and the end of a span whose node is finished; known is false when
// nothing tells the start.
func (n *node) times() (start, end int64, known bool) {
	start, end = n.Start, cmp.Or(n.End, n.Last)
	switch {
	case n.Kind == KindCall && n.Timed:
		start = max(0, end-n.Duration*1_000_000)
	case n.Kind == KindCall && !n.Began:
		return end, end, false
	}
	return min(start, end), max(start, end), n.Began || n.Timed
}
