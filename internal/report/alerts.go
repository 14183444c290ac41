package report

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Bounds of what is remembered of alerts.
const (
	maxAlertIDs  = 1_000_000
	maxRules     = 2000
	maxAckBy     = 128
	maxAckReason = 1024
	maxIDs       = 16
)

// severities, the worst first.
var severities = []string{semconv.SeverityCritical, semconv.SeverityHigh, semconv.SeverityMedium, semconv.SeverityLow}

// alert takes an alert of the period in.
func (b *builder) alert(e *auditlog.Entry) error {
	t, ok := securityalert.FromJSON(e.Body)
	if !ok {
		b.use(e)
		return nil
	}
	b.use(e)
	severity := strings.ToLower(t.Severity)
	if !slices.Contains(severities, severity) {
		severity = semconv.SeverityLow
	}
	a := &Alert{
		Time: e.When().UTC(), Seq: e.Seq, ID: bounded(t.ID, maxName), Severity: severity, RiskScore: t.RiskScore,
		Rule: bounded(t.Rule, maxName), RuleID: bounded(t.RuleID, maxName), Title: bounded(t.Title, 2*maxName), Category: bounded(t.Category, maxName),
		Evidence: texts(t.Evidence), Attack: texts(t.Attack), Where: where(e), Tool: bounded(t.Tool, maxName),
		EventID: bounded(t.EventID, maxName), EventSeq: t.EventSeq, Suppressed: max(t.Suppressed, 0), Conflict: flag(e, semconv.EventIDConflict),
	}
	if a.What, a.WhatBytes = what(e); a.What == "" && len(a.Evidence) > 0 {
		a.What, a.WhatBytes = a.Evidence[0], len(a.Evidence[0])
	}
	if len(b.alertIDs) < maxAlertIDs {
		b.alertIDs[a.ID] = struct{}{}
	}
	b.activity.alert(a.Time, severity)
	c := Counts{Alerts: 1}
	b.result.Summary.add(c)
	if s := b.sessions.get(a.SessionID); s != nil {
		s.add(c)
		s.alert(severity, a.RiskScore)
	}
	if p := b.project(a.Project, a.ProjectPath); p != nil {
		p.add(c)
	}
	return b.found.add(a)
}

// texts bounds a list of texts, and is never null in JSON.
func texts(list []string) []string {
	out := make([]string, 0, min(len(list), maxIDs))
	for _, s := range list[:min(len(list), maxIDs)] {
		out = append(out, bounded(s, securityalert.MaxEvidenceBytes))
	}
	return out
}

// acknowledgement takes in that somebody has seen an alert. A field of a kind that
// it should not have must not hide the others.
func (b *builder) acknowledgement(e *auditlog.Entry) {
	var body struct {
		Ack struct {
			AlertID   string `json:"alert_id"`
			By        string `json:"by"`
			Reason    string `json:"reason"`
			FromAgent bool   `json:"from_agent"`
		} `json:"acknowledgement"`
	}
	var kind *json.UnmarshalTypeError
	if err := json.Unmarshal(e.Body, &body); err != nil && !errors.As(err, &kind) {
		return
	}
	if _, of := b.alertIDs[body.Ack.AlertID]; !of {
		return
	}
	b.use(e)
	a := &Acknowledgement{
		Time: e.When().UTC(), Seq: e.Seq, By: bounded(body.Ack.By, maxAckBy), Reason: bounded(body.Ack.Reason, maxAckReason),
		FromAgent: body.Ack.FromAgent,
	}
	before := b.acks[body.Ack.AlertID]
	if before == nil {
		b.acks[body.Ack.AlertID] = a
		return
	}
	if before.FromAgent == a.FromAgent && a.Time.Before(before.Time) || before.FromAgent && !a.FromAgent {
		a.More = before.More
		b.acks[body.Ack.AlertID] = a
		before = a
	}
	before.More++
}

// joinAlerts writes the alerts with what became of them, and counts that.
func (b *builder) joinAlerts() error {
	by := map[string]*Handling{}
	r := b.result
	r.Handling = make([]Handling, len(severities))
	for i, s := range severities {
		r.Handling[i].Severity = s
		by[s] = &r.Handling[i]
	}
	took := map[string][]float64{}
	rules := map[string]*RuleCount{}
	err := b.found.each(func(a *Alert) error {
		h := by[a.Severity]
		h.Alerts++
		h.Suppressed += a.Suppressed
		if a.Acknowledged = b.acks[a.ID]; a.Acknowledged != nil {
			s := max(a.Acknowledged.Time.Sub(a.Time).Seconds(), 0)
			a.Seconds = &s
		}
		open := a.Open()
		switch {
		case !open:
			h.Acknowledged++
			took[a.Severity] = append(took[a.Severity], *a.Seconds)
		case a.Acknowledged != nil:
			h.FromAgent++
			fallthrough
		default:
			h.Open++
			r.Summary.AlertsOpen++
			if at := a.Time; h.OldestOpen == nil || at.Before(*h.OldestOpen) {
				h.OldestOpen = &at
			}
		}
		countRule(rules, a, open)
		return r.alerts.add(a)
	})
	if err != nil {
		return err
	}
	for s, all := range took {
		slices.Sort(all)
		median, slowest := all[len(all)/2], all[len(all)-1]
		by[s].Median, by[s].Slowest = &median, &slowest
	}
	r.Rules = make([]RuleCount, 0, len(rules))
	for _, n := range rules {
		r.Rules = append(r.Rules, *n)
	}
	slices.SortFunc(r.Rules, func(x, y RuleCount) int {
		if d := securityalert.Rank(y.Severity) - securityalert.Rank(x.Severity); d != 0 {
			return d
		}
		return byCount(x.Alerts, y.Alerts, x.Rule, y.Rule)
	})
	return nil
}

// countRule counts an alert of its rule; the severity is the worst that it had.
func countRule(rules map[string]*RuleCount, a *Alert, open bool) {
	name, title := a.Rule, a.Title
	n := rules[name]
	if n == nil && len(rules) >= maxRules {
		name, title = others, ""
		n = rules[name]
	}
	if n == nil {
		n = &RuleCount{Rule: name, Title: title, Severity: a.Severity}
		rules[name] = n
	}
	if securityalert.Rank(a.Severity) > securityalert.Rank(n.Severity) {
		n.Severity = a.Severity
	}
	if n.Alerts++; open {
		n.Open++
	}
}
