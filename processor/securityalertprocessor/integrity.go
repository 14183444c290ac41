package securityalertprocessor

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/claudesettings"
	"github.com/agent-telemetry/agent-telemetry/internal/detection"
	"github.com/agent-telemetry/agent-telemetry/internal/installs"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// Bounds of a look at what records the agents.
const (
	maxProgramBytes = 256 << 20
	maxConfigBytes  = 4 << 20
	maxConfigs      = 100
	maxConditions   = 1_000
	lookTimeout     = 20 * time.Second // a file may be a pipe by now
)

var ruleTampered = &detection.Rule{
	ID: "0d6c3d0e-36f8-4b7e-8a55-2d1f9d7c4e10", Slug: "telemetry-tampered", Title: "What records the agents was changed", Category: "configuration_tampering",
	Severity: semconv.SeverityHigh, RiskScore: 80, Version: 1, Ruleset: semconv.RulesetDefault, Attack: []string{"T1685"}, Atlas: []string{"AML.T0081"},
	Response: "Find out who changed it: an upgrade and `agent-telemetry uninstall` look the same. Run `agent-telemetry doctor`, and `agent-telemetry install` again where it is to be watched.",
}

// userSettings stands for the settings of the user in place of a project.
const userSettings = "the user's settings"

// conditions are what was found, by what it was found of: "hooks", "program" or
// "install" and a path.
type conditions map[string]string

// change is a difference between two looks.
type change struct {
	severity, path, text string
}

// guard follows whether what records the agents is still what it was.
type guard struct {
	home   statedir.Dir
	rules  []string   // the rule files
	before conditions // nil before the first look
}

// look returns the conditions as they are.
func (g *guard) look() conditions {
	now := conditions{}
	projects := map[string]bool{"": true}
	for _, i := range installs.List(g.home) {
		now["install "+i.Settings] = "there"
		projects[i.Project] = true
	}
	for _, path := range g.rules {
		now["rules "+path] = hashOf(path, maxConfigBytes)
	}
	now["config "+g.home.CollectorConfigs()] = hashOfAll(g.home.CollectorConfigs())
	for c := range g.before { // what was watched is still looked at when the note of it is gone
		if where, ok := strings.CutPrefix(c, "hooks "); ok && where != userSettings && len(projects) < 2*installs.Max {
			projects[where] = true
		}
	}
	for project := range projects {
		g.settings(project, now)
	}
	return now
}

// settings adds what holds for a project, "" for those of the user alone.
func (g *guard) settings(project string, now conditions) {
	report, err := claudesettings.Inspect(project, string(g.home))
	if err != nil || project == "" && !report.Installed() {
		return
	}
	var problems, programs []string
	for _, p := range report.Problems {
		if p.Blocking || p.Code == claudesettings.ProblemMissingEvents || p.Code == claudesettings.ProblemOtherHome || p.Code == claudesettings.ProblemUnreadable {
			problems = append(problems, p.Code)
		}
	}
	for _, f := range report.Files {
		programs = append(programs, f.Binaries...)
	}
	slices.Sort(problems)
	slices.Sort(programs)
	programs = slices.Compact(programs)
	where := project
	if where == "" {
		where = userSettings
	}
	now["hooks "+where] = strings.Join(slices.Compact(problems), ",")
	for _, p := range programs {
		if len(now) < maxConditions {
			now["program "+p] = hashOf(p, maxProgramBytes)
		}
	}
}

// compare tells what has become worse since the last look. A program that is new
// is told, too: hooks that run another one need not record anything.
func (g *guard) compare(now conditions) (changes []change) {
	if g.before == nil {
		return nil
	}
	for _, c := range slices.Sorted(maps.Keys(now)) {
		kind, path, _ := strings.Cut(c, " ")
		is := now[c]
		was, known := g.before[c]
		switch {
		case known && is == was, !known && kind != "program":
		case kind == "hooks":
			for _, code := range strings.Split(is, ",") {
				if code != "" && !slices.Contains(strings.Split(was, ","), code) {
					changes = append(changes, change{semconv.SeverityHigh, path, "the hooks of " + path + ": " + code})
				}
			}
		case kind == "rules":
			changes = append(changes, change{semconv.SeverityMedium, path, "the security rules in " + path + " are others"})
		case kind == "config":
			changes = append(changes, change{semconv.SeverityMedium, path, "what is added to the collector's configuration in " + path + " is another; it counts from the next start"})
		case kind == "program" && !known:
			changes = append(changes, change{semconv.SeverityMedium, path, "hooks run another program: " + path})
		case kind == "program":
			changes = append(changes, change{semconv.SeverityMedium, path, "the hook program " + path + " is another: SHA-256 " + is + ", was " + was})
		}
	}
	for _, c := range slices.Sorted(maps.Keys(g.before)) {
		if _, there := now[c]; there {
			continue
		}
		if settings, ok := strings.CutPrefix(c, "install "); ok {
			changes = append(changes, change{semconv.SeverityMedium, settings, "the hooks in " + settings + " were uninstalled"})
		} else if where, ok := strings.CutPrefix(c, "hooks "); ok {
			changes = append(changes, change{semconv.SeverityHigh, where, "no hooks are left in " + where})
		}
	}
	return changes
}

// hashOfAll is a hash of the files in a directory, with their names; "none" when
// there are none.
func hashOfAll(dir string) string {
	d, err := os.OpenFile(dir, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return "none"
	}
	defer d.Close()                        //nolint:errcheck // only read
	names, _ := d.Readdirnames(maxConfigs) // what could be read counts
	if len(names) == 0 {
		return "none"
	}
	slices.Sort(names)
	h := sha256.New()
	for _, name := range names {
		_, _ = fmt.Fprintf(h, "%q %s\n", name, hashOf(filepath.Join(dir, name), maxConfigBytes)) // a hash takes everything
	}
	return hex.EncodeToString(h.Sum(nil))
}

// hashOf is the SHA-256 of a file in hex, of its first bytes when it is larger, or
// why there is none.
func hashOf(path string, most int64) string {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return "missing"
	}
	if err != nil {
		return "unreadable"
	}
	defer f.Close() //nolint:errcheck // only read
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return "no file"
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(f, most)); err != nil {
		return "unreadable"
	}
	return hex.EncodeToString(h.Sum(nil))
}

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
