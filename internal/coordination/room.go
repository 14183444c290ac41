package coordination

// Bytes of memory that one takes beside its texts, with what is set aside for more, as
// measured with 300 to 5,000 of them in a session.
const (
	perAgent = 320
	perCall  = 135 // with its UUIDs
	perMore  = 92  // with its hashes
	perAsked = 96
	perText  = 38
	perOdd   = 52 // an id, or a hash, of another form
	perDeed  = 40
	perAsk   = 135

	perMark    = 120
	perRequest = 24
)

// Size is about how many bytes are held.
func (a *Analyzer) Size() int { return a.bytes }

func (a *Analyzer) full() bool { return a.bytes >= a.limits.Bytes }

// number holds a text once. There is room for less when much has been said already.
func (a *Analyzer) number(s string) uint32 {
	if s == "" {
		return 0
	}
	if n := a.names.find(s); n != 0 {
		return n
	}
	if a.full() {
		return 0
	}
	return a.hold(s)
}

// hold holds a text whatever room there is.
func (a *Analyzer) hold(s string) uint32 {
	if s == "" {
		return 0
	}
	if n := a.names.find(s); n != 0 {
		return n
	}
	a.bytes += perText + len(s)
	return a.names.add(s)
}

// written is how long the texts of a call are in a state. There they stand with each call,
// and count for it, though in memory equal ones are held once: a state of few long texts and
// many calls would be a hundred times as large as what is held.
func (a *Analyzer) written(c *call) int {
	return len(a.name(c.agent)) + len(a.name(c.tool)) + len(a.name(c.target)) + len(a.name(c.detail))
}

// text is number where a text is held as one: of agents and the like, of which there are few.
func (a *Analyzer) text(s string) string { return a.name(a.number(s)) }
