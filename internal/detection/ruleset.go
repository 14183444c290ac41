package detection

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Ruleset are rules that were loaded together. It does not change, and many may
// judge with it at once.
type Ruleset struct {
	rules []*compiled
	index map[key][]int
	// kinds are those of the keys in index: most events have more kinds of keys than
	// rules ask for.
	kinds [keySession]bool
	// counters are the keys that ask for the session, with the rule.
	counters []struct {
		*sessionKey
		rule int
	}
	hash string
	now  func() time.Time
}

// Load reads rule files. The faults are complete: all of all files, warnings too.
// The rules are nil when there is a fault that is no warning; see Faults.Err.
func Load(sources ...Source) (*Ruleset, Faults) { return load(time.Now, sources) }

func load(now func() time.Time, sources []Source) (*Ruleset, Faults) {
	var (
		files  []*file
		faults Faults
		rs     = &Ruleset{index: map[key][]int{}, now: now}
		slugs  = map[string]*compiled{}
		ids    = map[string]*compiled{}
		h      = sha256.New()
	)
	for _, s := range sources {
		_, _ = h.Write(s.Data) // a hash takes everything
		_, _ = h.Write([]byte{0})
		f := parse(s)
		files = append(files, f)
		for i := range f.doc.Rules {
			if f.malformed(i) {
				continue
			}
			if len(rs.rules) == MaxRules {
				f.fault(f.line("rules", i), "", "there are more than %d rules", MaxRules)
				break
			}
			c := f.check(i, now())
			if c == nil {
				continue
			}
			if o := slugs[c.Slug]; o != nil {
				f.fault(c.Line, c.Slug, "slug: %s:%d has it, too; to change a rule of another file, name it under overrides", o.Source, o.Line)
			} else if o := ids[c.ID]; o != nil {
				f.fault(c.Line, c.Slug, "id: %s (%s:%d) has it, too", o.Slug, o.Source, o.Line)
			}
			slugs[c.Slug], ids[c.ID] = c, c
			rs.rules = append(rs.rules, c)
		}
	}
	for _, f := range files {
		for i := range f.doc.Overrides {
			f.override(i, slugs, now())
		}
		f.faults.sort()
		faults = append(faults, f.faults...)
	}
	if faults.Err() != nil {
		return nil, faults
	}
	rs.hash = hex.EncodeToString(h.Sum(nil))[:12]
	for i, c := range rs.rules {
		if c.Disabled {
			continue
		}
		for k := range c.keys {
			rs.index[k] = append(rs.index[k], i)
			rs.kinds[k.kind] = true
		}
		for _, k := range c.counters {
			rs.counters = append(rs.counters, struct {
				*sessionKey
				rule int
			}{k, i})
		}
	}
	return rs, faults
}

// override changes a rule as entry i of a file says.
func (f *file) override(i int, rules map[string]*compiled, now time.Time) {
	o := &f.doc.Overrides[i]
	at := func(path ...any) int { return f.line(append([]any{"overrides", i}, path...)...) }
	if !f.source.User {
		f.fault(at(), o.Slug, "overrides: only a user's file has them")
		return
	}
	if o.Severity != "" && securityalert.Rank(o.Severity) == 0 {
		f.fault(at("severity"), o.Slug, "severity: %q is none of critical, high, medium, low", cut(o.Severity, 32))
	}
	if o.RiskScore != nil && (*o.RiskScore < 0 || *o.RiskScore > 100) {
		f.fault(at("risk_score"), o.Slug, "risk_score: %d is not from 0 to 100", *o.RiskScore)
	}
	if !slices.Contains([]string{"", semconv.DecisionNone, semconv.DecisionAsk, semconv.DecisionDeny}, o.Enforce) {
		f.fault(at("enforce"), o.Slug, "enforce: %q is none of deny, ask, none", cut(o.Enforce, 32))
	}
	if o.Suppress != nil {
		for _, k := range o.Suppress.Key {
			if !suppressParts[k] {
				f.fault(at("suppress", "key"), o.Slug, "suppress: %q is none of session, project, tool, agent, command, path, host, evidence", cut(k, 32))
			}
		}
	}
	f.exceptions(o.Exceptions, o.Slug, now, "overrides", i, "exceptions")
	c := rules[o.Slug]
	if c == nil {
		f.warn(at("slug"), o.Slug, "overrides: there is no such rule")
		return
	}
	c.Disabled = c.Disabled || o.Disabled
	if o.Severity != "" {
		c.Severity, c.RiskScore = o.Severity, riskOf(o.Severity)
		c.Escalate, c.escalate = nil, nil
	}
	if o.RiskScore != nil {
		c.RiskScore = *o.RiskScore
	}
	if o.Enforce != "" {
		c.Enforce = o.Enforce
		if o.Enforce == semconv.DecisionNone {
			c.Enforce = ""
		}
	}
	if o.Suppress != nil {
		if len(o.Suppress.Key) > 0 {
			c.Suppress.Key = o.Suppress.Key
		}
		if o.Suppress.Window != nil {
			c.Suppress.Window = o.Suppress.Window
		}
	}
	c.Exceptions = append(slices.Clip(c.Exceptions), o.Exceptions...)
}

// Rules are all rules, the disabled ones too, in the order in which they stand.
// They must not be changed.
func (rs *Ruleset) Rules() []*Rule {
	rules := make([]*Rule, len(rs.rules))
	for i, c := range rs.rules {
		rules[i] = c.Rule
	}
	return rules
}

// Rule is the rule with a slug or an id; nil when there is none.
func (rs *Ruleset) Rule(name string) *Rule {
	for _, c := range rs.rules {
		if c.Slug == name || c.ID == name {
			return c.Rule
		}
	}
	return nil
}

// Hash tells rulesets apart: 12 hex digits of what the files hold.
func (rs *Ruleset) Hash() string { return rs.hash }
