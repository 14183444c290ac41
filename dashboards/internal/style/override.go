package style

import "github.com/grafana/grafana-foundation-sdk/go/dashboard"

// Override is what one field of a panel has of its own.
type Override = dashboard.DashboardFieldConfigSourceOverrides

// Property is one setting of an override.
type Property = dashboard.DynamicConfigValue

// Field gives the field of this name settings of its own.
func Field(name string, properties ...Property) Override {
	return Override{Matcher: dashboard.MatcherConfig{Id: "byName", Options: name}, Properties: properties}
}

// Colour gives the field of this name a colour.
func Colour(name, colour string) Override { return Field(name, Fixed(colour)) }

// Fixed is a colour as a setting.
func Fixed(colour string) Property {
	return Property{Id: "color", Value: dashboard.FieldColor{Mode: dashboard.FieldColorModeIdFixed, FixedColor: &colour}}
}

// Shown is the name that is shown for a field.
func Shown(name string) Property { return Property{Id: "displayName", Value: name} }

// Unit is a field's unit.
func Unit(unit string) Property { return Property{Id: "unit", Value: unit} }

// Threshold colours a field by its own steps.
func Threshold(steps []Step) Property { return Property{Id: "thresholds", Value: thresholds(steps)} }

// ByThreshold says that a field's colour comes from its thresholds.
func ByThreshold() Property {
	return Property{Id: "color", Value: dashboard.FieldColor{Mode: dashboard.FieldColorModeIdThresholds}}
}

// LinksTo are links of a field's values.
func LinksTo(list ...Link) Property {
	links := make([]dashboard.DashboardLink, 0, len(list))
	for _, l := range list {
		links = append(links, l.link())
	}
	return Property{Id: "links", Value: links}
}
