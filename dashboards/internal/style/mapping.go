package style

import (
	"maps"
	"slices"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// Outcomes of a tool call, as queries name them.
const (
	OutcomeOK      = "ok"
	OutcomeFailed  = "failed"
	OutcomeDenied  = "denied"
	OutcomeOutside = "outside"
)

var outcomeColours = map[string]string{
	OutcomeOK: Good, OutcomeFailed: Bad, OutcomeDenied: Denied, OutcomeOutside: Outside,
	"completed": Good, "stopped": Neutral,
	"INFO": Quiet, "WARN": Warn, "ERROR": Bad, "FATAL": Bad, "project": Quiet,
}

// mapped colours texts.
func mapped(colours map[string]string) Property {
	options := map[string]dashboard.ValueMappingResult{}
	for i, text := range slices.Sorted(maps.Keys(colours)) {
		colour, index := colours[text], int32(i)
		options[text] = dashboard.ValueMappingResult{Color: &colour, Index: &index}
	}
	return Property{Id: "mappings", Value: []any{map[string]any{"type": "value", "options": options}}}
}

// missing says what stands where there is no number.
func missing(text, colour string) dashboard.ValueMapping {
	index := int32(0)
	return dashboard.ValueMapping{SpecialValueMap: &dashboard.SpecialValueMap{
		Type: dashboard.MappingTypeSpecialValue,
		Options: dashboard.DashboardSpecialValueMapOptions{
			Match: dashboard.SpecialValueMatchNullAndNan, Result: dashboard.ValueMappingResult{Text: &text, Color: &colour, Index: &index},
		},
	}}
}
