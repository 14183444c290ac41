package style

import (
	"slices"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/nodegraph"
)

// Fields of the frames that Grafana's node graph draws. A frame that has a source is
// one of edges. Labels of an answer that have such a name are taken as they are.
const (
	NodeID       = "id"
	NodeTitle    = "title"
	NodeSubtitle = "subtitle"
	NodeMain     = "mainstat"
	NodeSecond   = "secondarystat"
	EdgeSource   = "source"
	EdgeTarget   = "target"
	// A detail is in the menu of a node or an edge.
	DetailPrefix = "detail__"
	// An arc is a share of the circle around a node, from 0 to 1.
	arcOK     = "arc__ok"
	arcFailed = "arc__failed"
)

// tiny is added to what is divided by: a node that did nothing has no arcs.
const tiny = "0.000001"

// Graph is a node graph of three instant queries: what each node did, how much of it
// failed, where any did, both by id, title and subtitle; and a number for each edge, by id, source
// and target. Every source and target must be the id of a node, else Grafana shows an
// error: the queries see to that. Grafana writes the number of an edge with two
// decimals and unit behind it; without a unit it is written as it is.
func Graph(s Spec, unit string) Panel {
	nodes := &dashboard.MatcherConfig{Id: "byRefId", Options: "/^(?:" + refID(0) + "|" + refID(1) + ")$/"}
	merge := transform("merge", map[string]any{})
	merge.Filter = nodes
	did, failed, edge := Value(0), Value(1), Value(2)
	// Fields must really have their names: one that is renamed only looks as if.
	steps := []dashboard.DataTransformerConfig{
		transform("filterFieldsByName", map[string]any{"exclude": map[string]any{"names": []string{Time}}}),
		merge,
		calculated(NodeMain, did, "+", "0"),
		// A field that has nothing for a node, or is not there, is 0: but only of nodes.
		orZero("failed", failed), calculated("none", did, "*", "0"), calculated(NodeSecond, "none", "+", "failed"),
		calculated("went well", did, "-", NodeSecond), calculated("all", did, "+", tiny),
		calculated(arcFailed, NodeSecond, "/", "all"), calculated(arcOK, "went well", "/", "all"),
	}
	// A number would be shown with two decimals, a text is shown as it is. Making a text
	// of one again would put it between quotes.
	ofEdges := []dashboard.DataTransformerConfig{calculated(NodeMain, edge, "+", "0"), asText(NodeMain, NodeSecond)}
	if unit != "" {
		slices.Reverse(ofEdges)
	}
	steps = append(append(steps, ofEdges...), transform("organize", map[string]any{
		"indexByName": map[string]any{}, "renameByName": map[string]any{},
		"excludeByName": map[string]any{did: true, failed: true, edge: true, "failed": true, "none": true, "went well": true, "all": true},
	}))
	s.Overrides = append(s.Overrides, Field(NodeSubtitle, Nothing()))
	p := s.make(nodegraph.NewPanelBuilder(), steps...)
	if p.err == nil {
		p.built.Options = graphOptions(unit)
	}
	return p
}

func graphOptions(unit string) nodegraph.Options {
	ok, failed, good, bad := arcOK, arcFailed, Good, Bad
	options := nodegraph.Options{
		Nodes: &nodegraph.NodeOptions{Arcs: []nodegraph.ArcOption{{Field: &ok, Color: &good}, {Field: &failed, Color: &bad}}},
	}
	if unit != "" {
		options.Edges = &nodegraph.EdgeOptions{MainStatUnit: &unit}
	}
	return options
}

// calculated makes a field of two fields, or of one and a number.
func calculated(alias, left, operator, right string) dashboard.DataTransformerConfig {
	return transform("calculateField", map[string]any{
		"mode": "binary", "alias": alias, "timeSeries": false, "binary": map[string]any{"left": left, "operator": operator, "right": right},
	})
}

// orZero makes a field that is 0 where another has nothing.
func orZero(alias, of string) dashboard.DataTransformerConfig {
	return transform("calculateField", map[string]any{
		"mode": "reduceRow", "alias": alias, "timeSeries": false,
		"reduce": map[string]any{"include": []string{of}, "reducer": "sum", "nullValueMode": "null as zero"},
	})
}

// asText makes texts of numbers.
func asText(names ...string) dashboard.DataTransformerConfig {
	conversions := []any{}
	for _, name := range names {
		conversions = append(conversions, map[string]any{"targetField": name, "destinationType": "string"})
	}
	return transform("convertFieldType", map[string]any{"fields": map[string]any{}, "conversions": conversions})
}
