package securityalertprocessor

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/claudesettings"
	"github.com/agent-telemetry/agent-telemetry/internal/detection"
	"github.com/agent-telemetry/agent-telemetry/internal/enforcement"
	"github.com/agent-telemetry/agent-telemetry/internal/installs"
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
	if report.Installed() { // else that is what is told
		now["enforce "+where] = string(report.Enforce())
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
		case kind == "enforce":
			if strictness(is) < strictness(was) {
				changes = append(changes, change{semconv.SeverityHigh, path, "tool calls are enforced less in " + path + ": " + cmp.Or(is, "off") + ", was " + was})
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

// strictness orders the modes of enforcement.
func strictness(mode string) int {
	return slices.Index([]string{string(enforcement.Off), string(enforcement.Open), string(enforcement.Ask), string(enforcement.Closed)}, mode)
}
