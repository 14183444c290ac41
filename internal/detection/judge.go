package detection

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/agent-telemetry/agent-telemetry/internal/detection/facts"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Match says that a rule found something in an event.
type Match struct {
	Rule     *Rule
	Severity string
	Risk     int
	// Evidence is what was found: at most securityalert.MaxEvidence texts of
	// securityalert.MaxEvidenceBytes, control characters escaped.
	Evidence []string
	// SuppressionKey is the same for matches of the rule that are one to an analyst.
	SuppressionKey string
	// Failed is why the rule's condition could not be judged. When the event was too
	// large for it, the severity is the rule's, since silence would be what an
	// attacker wants; when the condition is at fault, it is low.
	Failed string
}

type bits [MaxRules / 64]uint64

func (b *bits) set(i int)      { b[i/64] |= 1 << (i % 64) }
func (b *bits) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }

// Judge says which rules find something in an event, in the order of the rules.
func (rs *Ruleset) Judge(f *facts.Facts, s Session) []Match {
	var hit bits
	some := false
	eachKey(f, func(k key, _ place) {
		if !rs.kinds[k.kind] {
			return
		}
		for _, i := range rs.index[k] {
			hit.set(i)
			some = true
		}
	})
	if rs.counted(s, &hit) {
		some = true
	}
	if !some {
		return nil
	}
	return rs.judgeHit(f, s, &hit)
}

// sessions are for counted, of which every event needs one for a moment.
var sessions = sync.Pool{New: func() any { return &Session{} }}

// counted adds the rules whose counters are high enough.
func (rs *Ruleset) counted(of Session, hit *bits) (some bool) {
	s, _ := sessions.Get().(*Session)
	*s = of
	for _, c := range rs.counters {
		if c.field.least(s, c.least) {
			hit.set(c.rule)
			some = true
		}
	}
	*s = Session{}
	sessions.Put(s)
	return some
}

func (rs *Ruleset) judgeHit(f *facts.Facts, s Session, hit *bits) []Match {
	j := judging{f: f, s: &s, vars: vars{f: f, s: &s}}
	defer j.done()
	var matches []Match
	for i, c := range rs.rules {
		if !hit.has(i) {
			continue
		}
		if e := rs.judgeRule(c, &j); e.Outcome == OutcomeMatched {
			matches = append(matches, *e.Match)
		}
	}
	return matches
}

// judging is the work on one event.
type judging struct {
	f      *facts.Facts
	s      *Session
	vars   vars
	ctx    context.Context
	cancel context.CancelFunc
}

func (j *judging) holds(c *condition) (bool, error) {
	if c == nil {
		return true, nil
	}
	if c.quicklyFalse(j.f) {
		return false, nil
	}
	if j.ctx == nil {
		j.ctx, j.cancel = context.WithTimeout(context.Background(), maxJudging)
	}
	return c.holds(j.ctx, &j.vars)
}

func (j *judging) done() {
	if j.cancel != nil {
		j.cancel()
	}
}

// hasKey reports whether the event has one of the rule's keys.
func (c *compiled) hasKey(f *facts.Facts, s *Session) bool {
	found := false
	eachKey(f, func(k key, _ place) { found = found || c.keys[k] })
	return found || slices.ContainsFunc(c.counters, func(k *sessionKey) bool { return k.field.least(s, k.least) })
}

// judgeRule judges a rule of which the event has a key.
func (rs *Ruleset) judgeRule(c *compiled, j *judging) Explanation {
	e := Explanation{Rule: c.Rule}
	m := &Match{Rule: c.Rule, Severity: c.Severity, Risk: c.RiskScore}
	ok, err := j.holds(c.condition)
	if err == nil && !ok {
		e.Outcome = OutcomeCondition
		return e
	}
	places := c.places(j.f, j.s)
	if x := c.excepted(j.f, places, rs.now()); x != nil {
		e.Outcome, e.Exception = OutcomeException, x
		return e
	}
	for i, cond := range c.escalate {
		if err != nil {
			break
		}
		if ok, err = j.holds(cond); err == nil && ok {
			m.Severity, m.Risk = c.Escalate[i].Severity, c.Escalate[i].RiskScore
			break
		}
	}
	m.Evidence = c.show(j.f, j.s, places)
	if err != nil {
		if !errors.Is(err, errStopped) {
			m.Severity, m.Risk = semconv.SeverityLow, riskOf(semconv.SeverityLow)
		}
		m.Failed = clean(err.Error(), 256)
		m.Evidence = append([]string{"the rule's condition could not be judged: " + m.Failed}, m.Evidence[:min(len(m.Evidence), 7)]...)
	}
	m.SuppressionKey = c.suppressionKey(j.f, m.Evidence)
	e.Outcome, e.Match = OutcomeMatched, m
	return e
}

// Outcomes of a rule for an event.
const (
	OutcomeDisabled  = "disabled"        // a user's file switched it off
	OutcomeNoKey     = "no_key"          // the event has none of its keys
	OutcomeCondition = "condition_false" // it has, but the condition does not hold
	OutcomeException = "exception"       // it would match, but for an exception
	OutcomeMatched   = "matched"
)

// Explanation says what became of a rule for an event.
type Explanation struct {
	Rule    *Rule
	Outcome string
	// Keys are those of the rule that the event has, as they are written.
	Keys []string
	// Match is set when it matched, Exception when that was why it did not.
	Match     *Match
	Exception *Exception
}

// Explain says of every rule whether it finds something in an event, and if not,
// why.
func (rs *Ruleset) Explain(f *facts.Facts, s Session) []Explanation {
	j := judging{f: f, s: &s, vars: vars{f: f, s: &s}}
	defer j.done()
	all := make([]Explanation, 0, len(rs.rules))
	has := map[key]bool{}
	eachKey(f, func(k key, _ place) { has[k] = true })
	for _, c := range rs.rules {
		var keys []string
		for _, text := range c.Any {
			k, counter, err := parseKey(text)
			if err == nil && (counter != nil && counter.field.least(&s, counter.least) || counter == nil && has[k]) {
				keys = append(keys, text)
			}
		}
		e := Explanation{Rule: c.Rule, Outcome: OutcomeNoKey}
		switch {
		case c.Disabled:
			e.Outcome = OutcomeDisabled
		case len(keys) > 0:
			e = rs.judgeRule(c, &j)
		}
		e.Keys = keys
		all = append(all, e)
	}
	return all
}

func (e Explanation) String() string { return fmt.Sprintf("%s: %s", e.Rule.Slug, e.Outcome) }
