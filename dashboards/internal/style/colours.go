package style

import (
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Colours mean the same on every dashboard. They are names of Grafana's palette,
// which fit a light and a dark theme.
const (
	Good    = "green"
	Neutral = "blue"
	Quiet   = "text" // a number that is neither good nor bad
	Warn    = "yellow"
	Bad     = "red"
	Denied  = "purple"
	Outside = "orange"
)

// Severities are the severities of alerts, the worst first.
var Severities = []string{semconv.SeverityCritical, semconv.SeverityHigh, semconv.SeverityMedium, semconv.SeverityLow}

// severityColours by severity.
var severityColours = map[string]string{
	semconv.SeverityCritical: "dark-red",
	semconv.SeverityHigh:     "dark-orange",
	semconv.SeverityMedium:   "semi-dark-yellow",
	semconv.SeverityLow:      "semi-dark-blue",
}

// SeverityColour is the colour of a severity.
func SeverityColour(severity string) string { return severityColours[severity] }

// BySeverity colours series that are named after severities.
func BySeverity() []Override {
	list := make([]Override, 0, len(Severities))
	for _, s := range Severities {
		list = append(list, Colour(s, severityColours[s]))
	}
	return list
}

// Step is a threshold: from Value up the colour is Colour. The first one's value
// does not count.
type Step struct {
	Value  float64
	Colour string
}

func thresholds(steps []Step) *dashboard.ThresholdsConfig {
	config := &dashboard.ThresholdsConfig{Mode: dashboard.ThresholdsModeAbsolute}
	for i, s := range steps {
		t := dashboard.Threshold{Color: s.Colour}
		if i > 0 {
			t.Value = &s.Value
		}
		config.Steps = append(config.Steps, t)
	}
	return config
}

// Plain has no thresholds: a number that is neither good nor bad.
func Plain() []Step { return []Step{{Colour: Quiet}} }

// FromZero is good at zero and has the colour from the first one on.
func FromZero(colour string) []Step { return []Step{{Colour: Good}, {Value: 1, Colour: colour}} }

// Rising is good, then a warning, then bad.
func Rising(warn, bad float64) []Step {
	return []Step{{Colour: Good}, {Value: warn, Colour: Warn}, {Value: bad, Colour: Bad}}
}

// Alive is bad at zero and good from one on.
func Alive() []Step { return []Step{{Colour: Bad}, {Value: 1, Colour: Good}} }
