package securityalertprocessor

import (
	"context"
	"fmt"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// watchIntegrity looks until ctx ends. A look that does not come back is told, and
// waited for.
func (p *alertProcessor) watchIntegrity(ctx context.Context) {
	tick := time.NewTicker(p.config.IntegrityInterval)
	defer tick.Stop()
	told := false
	for found := p.startLook(); ; {
		timeout := time.NewTimer(lookTimeout)
		select {
		case <-ctx.Done():
			timeout.Stop()
			return
		case <-timeout.C:
			if !told {
				told = true
				p.changes.put(change{semconv.SeverityHigh, "", "the settings of Claude Code could not be read in " + lookTimeout.String()})
			}
			continue
		case now := <-found:
			timeout.Stop()
			told = false
			for _, c := range p.guard.compare(now) {
				if slices.Contains(p.guard.rules, c.path) {
					s := p.reloader.Status()
					c.text += fmt.Sprintf(": %d rules are in use, %d switched off", s.Rules, s.Disabled)
				}
				p.logger.Warn("What records the agents was changed.", zap.String("change", securityalert.Escape(c.text, securityalert.MaxEvidenceBytes)))
				p.changes.put(c)
			}
			p.changes.keep(now)
			p.guard.before = now
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			found = p.startLook()
		case <-p.lookNow:
			found = p.startLook()
		}
	}
}

func (p *alertProcessor) startLook() <-chan conditions {
	found := make(chan conditions, 1)
	g := p.guard
	go func() {
		defer func() {
			if r := recover(); r != nil {
				p.logger.Error("Looking at the settings of Claude Code failed", zap.String("panic", securityalert.Escape(fmt.Sprint(r), 256)))
				found <- g.before // nothing new
			}
		}()
		found <- g.look()
	}()
	return found
}

// tampered is the alert that tells of a change.
func tampered(c change, now time.Time) told {
	r := ruleTampered
	risk := r.RiskScore
	if c.severity == semconv.SeverityMedium {
		risk = 55
	}
	return told{origin: ownOrigin(), alert: securityalert.Alert{
		ID: securityalert.ID(r.ID, now.UTC().Format(time.RFC3339Nano), c.text), Time: now, Severity: c.severity, RiskScore: risk,
		RuleID: r.ID, Rule: r.Slug, Title: r.Title, Category: r.Category, RuleVersion: fmt.Sprint(r.Version), Ruleset: r.Ruleset,
		Attack: r.Attack, Atlas: r.Atlas, Response: r.Response, Evidence: []string{c.text}, FilePath: c.path, SuppressionKey: c.path,
	}}
}
