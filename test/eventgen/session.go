package eventgen

import (
	"encoding/hex"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/agent-telemetry/agent-telemetry/internal/superclaude"
)

// item is an event that is to come.
type item struct {
	at      time.Time
	native  bool           // payload is the attributes of an event of Claude Code's own
	payload map[string]any // as Claude Code sends it
	outside bool
	risky   bool   // rules find something in it
	hash    string // SHA-256 of the file that is changed
	size    int64
	super   superclaude.Context
}

// records is how many records the item becomes.
func (it *item) records() int {
	if it.risky {
		return 2
	}
	return 1
}

// session is one session of Claude Code. It is planned a turn at a time.
type session struct {
	options  Options
	index    int
	r        *rand.Rand
	id       string
	project  *project
	model    string
	from, to time.Time
	open     bool // has no end
	left     int  // records that are not planned yet

	began    bool
	cursor   time.Time // when the next turn may begin
	items    []item    // of the turn, by time
	last     time.Time // of the event before
	seq      uint64
	native   int // number of the last native event
	super    superclaude.Context
	promptID string
}

func newSession(o Options, index int, from, to time.Time) *session {
	r := rand.New(rand.NewPCG(o.Seed, uint64(index)+1))
	s := &session{options: o, index: index, r: r, from: from, to: to, cursor: from, last: from.Add(-time.Microsecond)}
	s.id = uuid.Must(uuid.NewRandomFromReader(source{r})).String()
	// The first projects are worked in most.
	s.project = projects[min(int(r.ExpFloat64()*float64(o.Projects)/3), o.Projects-1)]
	s.model = models[weighted(r, modelWeights)]
	return s
}

// source gives random bytes to who wants an io.Reader.
type source struct{ r *rand.Rand }

func (s source) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(s.r.Uint32())
	}
	return len(p), nil
}

// more reports whether there is another event, and plans the next turn for it.
func (s *session) more() bool {
	for len(s.items) == 0 {
		if s.left <= 0 {
			return false
		}
		s.plan()
	}
	return true
}

// at is when the next event is; more must have said that there is one.
func (s *session) at() time.Time { return s.items[0].at }

// pop takes the next event. Events of a session are at least a microsecond apart.
func (s *session) pop() item {
	it := s.items[0]
	s.items = s.items[1:]
	if !it.at.After(s.last) {
		it.at = s.last.Add(time.Microsecond)
	}
	s.last = it.at
	return it
}

// plan makes the events of the next turn.
func (s *session) plan() {
	t := newTurn(s)
	if !s.began {
		s.began = true
		t.hook(s.cursor, "SessionStart", map[string]any{"source": []string{"startup", "startup", "startup", "resume", "clear"}[s.r.IntN(5)], "model": s.model})
		s.cursor = s.cursor.Add(time.Duration(s.r.Float64() * float64(2*time.Second)))
	}
	t.plan()
	slices.SortStableFunc(t.items, func(a, b item) int { return a.at.Compare(b.at) })
	s.items = t.items
	s.left -= t.count
}

// uuidV7 is an event's id: of its time, and random for the rest.
func (s *session) uuidV7(at time.Time) string {
	var b [16]byte
	_, _ = source{s.r}.Read(b[:]) // never fails
	nanos := at.UnixNano()
	millis, sub := nanos/1e6, (nanos%1e6)*4096/1e6
	for i := range 6 {
		b[i] = byte(millis >> (40 - 8*i))
	}
	b[6] = 0x70 | byte(sub>>8)
	b[7] = byte(sub)
	b[8] = b[8]&0x3f | 0x80
	return uuid.UUID(b).String()
}

func (s *session) hex(bytes int) string {
	b := make([]byte, bytes)
	_, _ = source{s.r}.Read(b) // never fails
	return hex.EncodeToString(b)
}

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// callID is an id as tool calls have it.
func (s *session) callID() string {
	b := []byte("toolu_01")
	for range 22 {
		b = append(b, base62[s.r.IntN(len(base62))])
	}
	return string(b)
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// weighted is the index of a weight, chosen by weight.
func weighted(r *rand.Rand, weights []float64) int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	x := r.Float64() * sum
	for i, w := range weights {
		if x -= w; x < 0 {
			return i
		}
	}
	return len(weights) - 1
}
