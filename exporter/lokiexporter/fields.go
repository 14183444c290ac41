package lokiexporter

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Source is where the value of a label or of structured metadata comes from.
type Source string

// The sources. Resource and attribute need a key.
const (
	SourceResource  Source = "resource"
	SourceAttribute Source = "attribute"
	SourceSeverity  Source = "severity" // severity text, else the number's name; upper case
	SourceEventName Source = "event_name"
	SourceTraceID   Source = "trace_id"
	SourceSpanID    Source = "span_id"
)

// defaultMaxValues bounds the distinct values of a label without max_values.
const (
	defaultMaxValues        = 1_000
	defaultMaxValuesHighCar = 10_000
	maxMaxValues            = 1_000_000
)

// SourceConfig is one place to look for a value.
type SourceConfig struct {
	From Source `mapstructure:"from"`
	// Key of the attribute; only for resource and attribute.
	Key string `mapstructure:"key"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// FieldConfig is one label, or one entry of structured metadata.
type FieldConfig struct {
	// Name in Loki: letters, digits and underscores.
	Name string `mapstructure:"name"`
	// SourceConfig is the first place to look.
	SourceConfig `mapstructure:",squash"`
	// Fallback are further places, used in turn while the value is empty.
	Fallback []SourceConfig `mapstructure:"fallback"`
	// Default is the value when there is none. Empty: the field is left out.
	Default string `mapstructure:"default"`
	// MaxValues is how many distinct values a label may have at a time; others
	// become __overflow__. 0: 1,000, or 10,000 with HighCardinality. Labels only.
	MaxValues int `mapstructure:"max_values"`
	// HighCardinality marks a label that is given up (__overflow__) for a
	// stream that Loki refuses because of its stream limit. Labels only.
	HighCardinality bool `mapstructure:"high_cardinality"`

	// prevent unkeyed literal initialization
	_ struct{}
}

func field(name string, from Source, key string, fallback ...SourceConfig) FieldConfig {
	return FieldConfig{Name: name, SourceConfig: SourceConfig{From: from, Key: key}, Fallback: fallback}
}

func fromAttribute(key string) SourceConfig {
	return SourceConfig{From: SourceAttribute, Key: key}
}

func defaultLabels() []FieldConfig {
	service := field(semconv.LabelService, SourceResource, semconv.ServiceName)
	service.Default = "unknown_service"
	session := field(semconv.LabelSession, SourceAttribute, semconv.SessionID)
	session.HighCardinality = true
	return []FieldConfig{
		service,
		field(semconv.LabelProject, SourceAttribute, semconv.ProjectName),
		field(semconv.LabelEvent, SourceAttribute, semconv.EventType,
			fromAttribute(semconv.NativeEventName), SourceConfig{From: SourceEventName}),
		field(semconv.LabelTool, SourceAttribute, semconv.ToolName, fromAttribute(semconv.NativeToolName)),
		session,
		field(semconv.LabelScope, SourceAttribute, semconv.Scope),
		field(semconv.LabelLevel, SourceSeverity, ""),
	}
}

func defaultStructuredMetadata() []FieldConfig {
	return []FieldConfig{
		field(semconv.MetadataSessionID, SourceAttribute, semconv.SessionID),
		field(semconv.MetadataEventID, SourceAttribute, semconv.EventID),
		field(semconv.MetadataSeq, SourceAttribute, semconv.SessionSeq),
		field(semconv.MetadataToolUseID, SourceAttribute, semconv.ToolCallID, fromAttribute(semconv.NativeToolUseID)),
		field(semconv.MetadataAgentID, SourceAttribute, semconv.AgentID),
		field(semconv.MetadataAgentType, SourceAttribute, semconv.AgentName),
		field(semconv.MetadataAgentParent, SourceAttribute, semconv.AgentParentID),
		field(semconv.MetadataAgentDepth, SourceAttribute, semconv.AgentDepth),
		field(semconv.MetadataPromptID, SourceAttribute, semconv.PromptID, fromAttribute(semconv.NativePromptID)),
		field(semconv.MetadataHookEvent, SourceAttribute, semconv.HookEvent),
		field(semconv.MetadataRule, SourceAttribute, semconv.RuleName),
		field(semconv.MetadataSeverity, SourceAttribute, semconv.AlertSeverity),
		field(semconv.MetadataAlertID, SourceAttribute, semconv.AlertID),
		field(semconv.MetadataTraceID, SourceTraceID, ""),
		field(semconv.MetadataSpanID, SourceSpanID, ""),
	}
}

// A name that Loki takes as it is. Names beginning with __ are Loki's own.
var fieldName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]{0,254}$`)

func validateFields(key string, fields []FieldConfig) error {
	var errs []error
	seen := make(map[string]bool, len(fields))
	for i, f := range fields {
		at := fmt.Sprintf("%s[%d]", key, i)
		switch {
		case !fieldName.MatchString(f.Name):
			errs = append(errs, fmt.Errorf("%s.name: %q must be at most 255 letters, digits and underscores, not beginning with a digit", at, f.Name))
		case len(f.Name) > 1 && f.Name[:2] == "__":
			errs = append(errs, fmt.Errorf("%s.name: %q: names beginning with __ are Loki's own", at, f.Name))
		case seen[f.Name]:
			errs = append(errs, fmt.Errorf("%s.name: %q is there twice", at, f.Name))
		}
		seen[f.Name] = true
		errs = append(errs, f.validate(at))
		for j, fallback := range f.Fallback {
			errs = append(errs, fallback.validate(fmt.Sprintf("%s.fallback[%d]", at, j)))
		}
		if f.MaxValues < 0 || f.MaxValues > maxMaxValues {
			errs = append(errs, fmt.Errorf("%s.max_values: must be 0 to %d, is %d", at, maxMaxValues, f.MaxValues))
		}
		if key != "labels" && (f.MaxValues != 0 || f.HighCardinality) {
			errs = append(errs, fmt.Errorf("%s: max_values and high_cardinality are for labels only", at))
		}
	}
	return errors.Join(errs...)
}

func (s SourceConfig) validate(at string) error {
	switch s.From {
	case SourceResource, SourceAttribute:
		if s.Key == "" {
			return fmt.Errorf("%s.key: must be set with from: %s", at, s.From)
		}
	case SourceSeverity, SourceEventName, SourceTraceID, SourceSpanID:
		if s.Key != "" {
			return fmt.Errorf("%s.key: has no meaning with from: %s", at, s.From)
		}
	default:
		return fmt.Errorf("%s.from: %q must be one of resource, attribute, severity, event_name, trace_id, span_id", at, s.From)
	}
	return nil
}
