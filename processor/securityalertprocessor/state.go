package securityalertprocessor

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/behaviour"
	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
)

// Of the state file: a line with version and hash, then JSON.
const (
	stateHeader   = "agent-telemetry security-alert state 1 "
	maxStateBytes = 32 << 20
	savedSeen     = 4_096
	// A save may take this part of the time.
	saveShare = 20
	saveEvery = 900 * time.Millisecond
)

var errState = errors.New("no state of security alerts")

// stateFile is where the state is kept.
type stateFile struct {
	path  string
	again time.Time // not before
}

// saved is the state.
type saved struct {
	Behaviour behaviour.State       `json:"behaviour"`
	Seen      [][]byte              `json:"seen,omitempty"`
	Windows   []savedWindow         `json:"windows,omitempty"`
	Integrity conditions            `json:"integrity,omitempty"`
	Outbox    []securityalert.Alert `json:"outbox,omitempty"`
}

type savedWindow struct {
	Key    []byte  `json:"key"`
	Window *window `json:"window"`
}

// save writes the state when something has changed, and not more often than it
// can afford. In the end it is synced; before, a crash may leave an older one.
func (p *alertProcessor) save(ctx context.Context, end bool) error {
	began := p.now()
	if p.state.path == "" || !end && began.Before(p.state.again) {
		return nil
	}
	counted, alerted, seen := p.tracker.Changed(), p.memory.dirty(), p.changes.dirty()
	if !counted && !alerted && !seen && !end {
		return nil
	}
	data, err := p.encode()
	if err == nil {
		if err = safefile.Replace(p.state.path, data, end); err != nil {
			err = fmt.Errorf("write the state of security alerts: %w", err)
		}
	}
	if err != nil {
		p.telemetry.ProcessorSecurityAlertStateFailures.Add(ctx, 1)
		p.memory.touch()
	}
	took := p.now().Sub(began)
	p.state.again = began.Add(max(saveEvery, saveShare*took))
	return err
}

func (p *alertProcessor) encode() ([]byte, error) {
	s := p.memory.saved()
	s.Integrity = p.changes.seen()
	for i := range p.outbox.alerts {
		s.Outbox = append(s.Outbox, p.outbox.alerts[i].alert)
	}
	var body []byte
	var err error
	p.tracker.Save(func(b behaviour.State) {
		s.Behaviour = b
		body, err = json.Marshal(s)
	})
	if err != nil {
		return nil, fmt.Errorf("encode the state of security alerts: %w", err)
	}
	sum := sha256.Sum256(body)
	head := stateHeader + hex.EncodeToString(sum[:]) + "\n"
	return append([]byte(head), body...), nil
}

// readState reads a state; fs.ErrNotExist when there is none.
func readState(path string) (saved, error) {
	data, err := safefile.Read(path, maxStateBytes)
	if err != nil {
		return saved{}, fmt.Errorf("read the state of security alerts: %w", err)
	}
	return decodeState(data)
}

func decodeState(data []byte) (s saved, err error) {
	head, body, ok := bytes.Cut(data, []byte("\n"))
	sum := sha256.Sum256(body)
	if !ok || len(data) > maxStateBytes || string(head) != stateHeader+hex.EncodeToString(sum[:]) {
		return saved{}, errState
	}
	return decodeBody(body)
}

func decodeBody(body []byte) (s saved, err error) {
	if err := json.Unmarshal(body, &s); err != nil {
		return saved{}, errors.Join(errState, err)
	}
	return s, nil
}

// restore takes over the state of the time before. One that cannot be read is put
// aside, and said.
func (p *alertProcessor) restore(ctx context.Context) {
	if p.state.path == "" {
		return
	}
	s, err := readState(p.state.path)
	if err == nil {
		if err = p.tracker.Restore(s.Behaviour); err == nil {
			p.memory.restore(s, p.now())
			if len(s.Integrity) > 0 && len(s.Integrity) <= 2*maxConditions {
				p.guard.before = s.Integrity
				p.changes.keep(s.Integrity)
			}
			for _, a := range s.Outbox[:min(len(s.Outbox), maxOutbox)] {
				p.outbox.alerts = append(p.outbox.alerts, told{alert: a, origin: ownOrigin()})
			}
			return
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	p.telemetry.ProcessorSecurityAlertStateFailures.Add(ctx, 1)
	aside := p.state.path + ".bad"
	p.logger.Error("The state of security alerts cannot be used: counting begins anew. The file is put aside.",
		zap.String("aside", aside), zap.Error(errors.Join(err, os.Rename(p.state.path, aside))))
}

// dirty reports whether something has changed since it was last asked.
func (m *memory) dirty() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.changed
	m.changed = false
	return c
}

func (m *memory) touch() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.changed = true
}

// saved is what is safe of the memory.
func (m *memory) saved() (s saved) {
	m.mu.Lock()
	defer m.mu.Unlock()
	keys := m.seen.Keys() // the oldest first
	for _, k := range keys[max(0, len(keys)-savedSeen):] {
		if safe, _ := m.seen.Peek(k); safe {
			s.Seen = append(s.Seen, k[:])
		}
	}
	for _, k := range m.windows.Keys() {
		if w, _ := m.windows.Peek(k); w.kept {
			one := *w
			s.Windows = append(s.Windows, savedWindow{Key: k[:], Window: &one})
		}
	}
	return s
}

// restore takes over what was saved. No window holds longer than it would have
// when it was opened now.
func (m *memory) restore(s saved, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, k := range s.Seen {
		if len(k) == len(mark{}) {
			m.seen.Add(mark(k), true)
		}
	}
	for _, one := range s.Windows {
		w := one.Window
		if len(one.Key) != len(mark{}) || w == nil || w.Span <= 0 || w.Span > int64(maxWindow) || w.Suppressed < 0 {
			continue
		}
		w.Ends = min(w.Ends, now.UnixNano()+w.Span)
		w.From = min(w.From, now.UnixNano())
		w.kept = true
		m.windows.Add(mark(one.Key), w)
	}
}
