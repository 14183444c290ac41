package facts

import (
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/shellcommand"
)

// telemetryVendors take telemetry of applications as their business: what an
// application sends there is its developer's.
var telemetryVendors = words("honeycomb.io datadoghq.com datadoghq.eu newrelic.com nr-data.net grafana.net lightstep.com signoz.io uptrace.dev dash0.com axiom.co logfire.dev pydantic.dev elastic-cloud.com splunk.com signalfx.com dynatrace.com sentry.io aspecto.io coralogix.com logz.io betterstack.com langfuse.com smith.langchain.com arize.com phoenix.arize.com comet.com braintrust.dev traceloop.com")

// telemetryPorts are those of a collector on this machine.
var telemetryPorts = map[int]bool{0: true, 4317: true, 4318: true, 4319: true}

// Whose telemetry a variable is for.
const (
	ownTelemetry   = iota // that of another program
	shellTelemetry        // of whatever the shell starts
	agentTelemetry        // of Claude Code
)

// telemetryScope says for whom a command sets variables.
func telemetryScope(k *shellcommand.Command) int {
	switch prog := canonical(k.Program); prog {
	case "claude":
		return agentTelemetry
	case "", "export", "declare", "typeset", "set", "launchctl", "systemctl", "tmux", "setx":
		return shellTelemetry
	default:
		if shells[prog] {
			return shellTelemetry
		}
	}
	if startsAgent(k) {
		return agentTelemetry
	}
	return ownTelemetry
}

// launchers start the program that an operand of theirs names.
var launchers = words("npx bunx npm pnpm yarn bun deno node screen script xargs parallel make just")

// startsAgent reports whether a program is given Claude Code to start.
func startsAgent(k *shellcommand.Command) bool {
	if !launchers[canonical(k.Program)] {
		return false
	}
	for i := range k.Args {
		v := k.Args[i].Value
		if cutAt(v[strings.LastIndexByte(v, '/')+1:], " ") == "claude" || strings.Contains(v, "/claude-code") {
			return true
		}
	}
	return false
}

// telemetryVariable looks at a variable that switches the agent's telemetry off or
// sends it elsewhere; it is false for any other.
func (b *builder) telemetryVariable(k *shellcommand.Command, name, value string) bool {
	if !strings.HasPrefix(name, "OTEL_") && name != "CLAUDE_CODE_ENABLE_TELEMETRY" && name != "DISABLE_TELEMETRY" {
		return false
	}
	scope := telemetryScope(k)
	if scope == ownTelemetry && name != "CLAUDE_CODE_ENABLE_TELEMETRY" { // which no other program has
		return true
	}
	low := strings.ToLower(strings.TrimSpace(value))
	switch {
	case name == "CLAUDE_CODE_ENABLE_TELEMETRY":
		if low != "1" && low != "true" && low != "yes" && low != "on" && !strings.Contains(low, shellcommand.Unknown) {
			b.act(ActTelemetryDisable, name+"="+value)
		}
	case name == "DISABLE_TELEMETRY" && low == "1", name == "OTEL_SDK_DISABLED" && low == "true",
		(name == "OTEL_LOGS_EXPORTER" || name == "OTEL_METRICS_EXPORTER" && scope == agentTelemetry) && (low == "none" || low == "console" && scope == agentTelemetry):
		b.act(ActTelemetryDisable, name+"="+value)
	case low == "" && telemetryNames[name]:
		b.act(ActTelemetryDisable, name+"=")
	case strings.HasPrefix(name, "OTEL_EXPORTER_OTLP_") && strings.HasSuffix(name, "ENDPOINT"):
		if foreignCollector(value, scope) {
			b.act(ActTelemetryRedirect, name+"="+value)
		}
	}
	return true
}

// foreignCollector reports whether an address is none that the user's telemetry goes
// to: another's host, or for the agent's own a port of this machine where no collector
// listens.
func foreignCollector(value string, scope int) bool {
	if !strings.Contains(value, "://") {
		value = "http://" + value
	}
	_, host, port, _ := splitURL(value)
	host = strings.ToLower(host)
	switch hostClass(host) {
	case HostPublic, HostCollect, HostMetadata, HostKnown:
		return scope == agentTelemetry || !hostBelow(host, telemetryVendors)
	case HostLoopback:
		return scope == agentTelemetry && !telemetryPorts[port]
	}
	return false
}

// hostBelow reports whether a host is one of some domains or below one.
func hostBelow(host string, domains map[string]bool) bool {
	for rest := host; rest != ""; {
		if domains[rest] {
			return true
		}
		i := strings.IndexByte(rest, '.')
		if i < 0 {
			break
		}
		rest = rest[i+1:]
	}
	return false
}

// telemetryNames are the variables without which the agent's telemetry is gone.
var telemetryNames = words("CLAUDE_CODE_ENABLE_TELEMETRY OTEL_EXPORTER_OTLP_ENDPOINT OTEL_EXPORTER_OTLP_LOGS_ENDPOINT OTEL_EXPORTER_OTLP_METRICS_ENDPOINT OTEL_EXPORTER_OTLP_TRACES_ENDPOINT OTEL_LOGS_EXPORTER OTEL_METRICS_EXPORTER OTEL_EXPORTER_OTLP_HEADERS AGENT_TELEMETRY_HOME")

// setsVariables looks at programs that set variables for what is started later.
func (b *builder) setsVariables(c *call) {
	pairs := c.pos
	switch c.prog {
	case "unset":
		b.unsetsTelemetry(c, c.pos)
		return
	case "export":
		if c.has("-n") {
			b.unsetsTelemetry(c, c.pos)
		}
		return // its variables are those of the command
	case "set": // fish
		if !c.has("-x", "-Ux", "-gx") && !hasCluster(c.args, 'x') {
			return
		}
	case "launchctl", "systemctl", "tmux":
		switch c.word(0) {
		case "setenv", "set-environment", "import-environment":
			pairs = pairs[1:]
		case "unsetenv", "unset-environment":
			b.unsetsTelemetry(c, pairs[1:])
			return
		default:
			return
		}
	}
	for i, w := range pairs {
		name, value, ok := strings.Cut(w, "=")
		if !ok && c.prog != "export" && c.prog != "declare" && c.prog != "typeset" && i+1 < len(pairs) {
			value, ok = pairs[i+1], true
		}
		if ok {
			b.telemetryVariable(c.cmd, name, value)
		}
	}
}

func (b *builder) unsetsTelemetry(c *call, names []string) {
	for _, n := range names {
		if telemetryNames[n] {
			b.act(ActTelemetryDisable, c.line())
			return
		}
	}
}

// unsetFor looks at env -u of the agent's variables.
func (b *builder) unsetFor(k *shellcommand.Command, w *shellcommand.Wrapper) {
	if w.Program != "env" || telemetryScope(k) == ownTelemetry {
		return
	}
	for i := range w.Args {
		v := w.Args[i].Value
		if (v == "-" || v == "-i" || v == "--ignore-environment") && telemetryScope(k) == agentTelemetry && variable(k, "CLAUDE_CODE_ENABLE_TELEMETRY") == "" {
			b.act(ActTelemetryDisable, "env "+v)
		}
		name, ok := strings.CutPrefix(v, "--unset=")
		if !ok {
			name, ok = strings.CutPrefix(v, "-u")
		}
		if ok && name == "" && i+1 < len(w.Args) {
			name = w.Args[i+1].Value
		}
		if ok && telemetryNames[name] {
			b.act(ActTelemetryDisable, "env -u "+name)
		}
	}
}

// profileVariables looks at the variables of lines that are written to a file which a
// shell reads.
func (b *builder) profileVariables(text string) {
	n := 0
	for line := range strings.Lines(text) {
		if n++; n > 64 || len(text) > maxText {
			return
		}
		line = strings.TrimPrefix(strings.TrimSpace(line), "export ")
		if name, value, ok := strings.Cut(line, "="); ok {
			b.telemetryVariable(&noCommand, name, strings.Trim(value, `"'`))
		}
	}
}

// noCommand is the shell itself.
var noCommand shellcommand.Command
