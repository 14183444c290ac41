package lokiconfig

import (
	"context"
	"maps"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/confmap"

	"github.com/agent-telemetry/agent-telemetry/internal/rollup"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
)

// Rollups is how the collector makes roll-ups of the audit log.
type Rollups struct {
	// Target is where they go.
	*Target
	// MaxRecords is how many records the receiver puts into a batch at most, and
	// MaxGroups how many groups the processor tells apart in it.
	MaxRecords, MaxGroups int
}

// Types of the components of such a pipeline, and the defaults of what is read of
// their configuration.
const (
	rollupType        = "rollup"
	coordinationType  = "coordination"
	auditType         = "audit_log"
	defaultMaxRecords = 1_000
)

// LoadRollups reads how the stack's collector makes roll-ups; nil when it makes none.
// Of the options the URL counts.
func LoadRollups(ctx context.Context, config *stack.Config, o Options) (*Rollups, error) {
	conf, path, err := read(ctx, config)
	if err != nil {
		return nil, err
	}
	p, ok := findRollups(conf)
	if !ok {
		return nil, nil //nolint:nilnil // none is an answer
	}
	r := &Rollups{
		MaxRecords: number(conf, "receivers", p.receiver, "batch::max_records", defaultMaxRecords),
		MaxGroups:  number(conf, "processors", p.processor, "max_groups", rollup.DefaultMaxGroups),
	}
	if r.Target, err = loadTarget(conf, path, p.exporter, o.URL); err != nil {
		return nil, err
	}
	return r, nil
}

// pipeline is one that makes roll-ups.
type pipeline struct{ receiver, processor, exporter string }

func findRollups(conf *confmap.Conf) (pipeline, bool) { return find(conf, rollupType) }

// find finds the pipeline that makes records of the audit log with a processor of a type.
func find(conf *confmap.Conf, processor string) (p pipeline, ok bool) {
	service, _ := conf.Get("service").(map[string]any)
	pipelines, _ := service["pipelines"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(pipelines)) {
		parts, _ := pipelines[name].(map[string]any)
		p = pipeline{first(parts["receivers"], auditType), first(parts["processors"], processor), first(parts["exporters"], exporterType)}
		if p.receiver != "" && p.processor != "" && p.exporter != "" {
			return p, true
		}
	}
	return pipeline{}, false
}

// first finds a component of a type in a list of names.
func first(list any, kind string) string {
	names, _ := list.([]any)
	for _, n := range names {
		name, _ := n.(string)
		if typ, _, _ := strings.Cut(name, "/"); typ == kind {
			return name
		}
	}
	return ""
}

// number reads a number of a component's configuration.
func number(conf *confmap.Conf, section, name, key string, otherwise int) int {
	components, _ := conf.Get(section).(map[string]any)
	own, _ := components[name].(map[string]any)
	if n, ok := confmap.NewFromStringMap(own).Get(key).(int); ok && n > 0 {
		return n
	}
	return otherwise
}

// ofOthers reports whether an exporter is given only what is made of the audit log:
// roll-ups, or records of how agents worked together.
func ofOthers(conf *confmap.Conf, exporter string) bool {
	for _, processor := range []string{rollupType, coordinationType} {
		if p, ok := find(conf, processor); ok && p.exporter == exporter {
			return true
		}
	}
	return false
}
