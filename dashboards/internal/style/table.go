package style

import (
	"slices"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/table"
)

// Column is a column of a table.
type Column struct {
	// Field is a label of the answer, or Value(i).
	Field string
	// Name is its heading.
	Name  string
	Unit  string
	Width int // pixels; 0: what is left
	// Bar shows the number as a bar as well, Steps colour it.
	Bar      bool
	Steps    []Step
	Severity bool // colours the severity's name
	Outcome  bool // colours ok, failed, denied and so on
	// Part and Of make the column of two others: Part divided by Of.
	Part, Of string
	// None is shown where such a column has no number, since one of the two is missing.
	None string
	// Total makes the column of all numbers of the row.
	Total bool
	// Long texts can be opened in a window of their own.
	Long  bool
	Links []Link
}

// Value is the field that the i-th target's numbers are in, from 0.
func Value(i int) string { return "Value #" + refID(i) }

// Time is the field of the time of lines.
const Time = "Time"

// Numbers is a table of the answers to instant queries: a row for each set of
// labels, ordered by the column of the given field, the largest first.
func Numbers(s Spec, by string, columns ...Column) Panel {
	return grid(s, by, columns, append(numbers(s, columns), arrange(columns)...))
}

// Ordered is such a table, with the smallest first.
func Ordered(s Spec, by string, columns ...Column) Panel {
	return grid(s, "", columns, append(append(numbers(s, columns), sortBy(by, false)), arrange(columns)...))
}

func numbers(s Spec, columns []Column) []dashboard.DataTransformerConfig {
	steps := []dashboard.DataTransformerConfig{
		transform("filterFieldsByName", map[string]any{"exclude": map[string]any{"names": []string{Time}}}),
	}
	if len(s.Targets) > 1 { // rows with the same labels become one
		steps = append(steps, transform("merge", map[string]any{}))
	}
	for _, c := range columns {
		if c.Part != "" {
			steps = append(steps, calculated(c.Field, c.Part, "/", c.Of))
		}
		if c.Total {
			steps = append(steps, transform("calculateField", map[string]any{
				"mode": "reduceRow", "alias": c.Field, "timeSeries": false,
				"reduce": map[string]any{"reducer": "sum", "nullValueMode": "null as zero"},
			}))
		}
	}
	return steps
}

// Records is a table of lines: a row for each, columns from labels, structured
// metadata and what the query parsed. They stand in the order in which they are asked
// for: the last ones first, or the first ones first.
func Records(s Spec, columns ...Column) Panel {
	latest := len(s.Targets) == 0 || !s.Targets[0].Oldest
	return grid(s, "", columns, append([]dashboard.DataTransformerConfig{
		transform("extractFields", map[string]any{"source": "labels", "format": "json", "replace": true, "keepTime": true}),
		sortBy(Time, latest),
	}, arrange(columns)...))
}

func transform(id string, options map[string]any) dashboard.DataTransformerConfig {
	return dashboard.DataTransformerConfig{Id: id, Options: options}
}

// sorted orders the rows of an instant query's answer by its number.
func sorted() []dashboard.DataTransformerConfig {
	return []dashboard.DataTransformerConfig{sortBy(Value(0), true)}
}

func sortBy(field string, desc bool) dashboard.DataTransformerConfig {
	return transform("sortBy", map[string]any{"sort": []any{map[string]any{"field": field, "desc": desc}}})
}

// arrange leaves only the columns, in their order and with their headings.
func arrange(columns []Column) []dashboard.DataTransformerConfig {
	names, index, renamed := []string{}, map[string]any{}, map[string]any{}
	for i, c := range columns {
		names = append(names, c.Field)
		index[c.Field] = i
		if c.Name != c.Field {
			renamed[c.Field] = c.Name
		}
	}
	return []dashboard.DataTransformerConfig{
		transform("filterFieldsByName", map[string]any{"include": map[string]any{"names": names}}),
		transform("organize", map[string]any{"indexByName": index, "renameByName": renamed, "excludeByName": map[string]any{}}),
	}
}

func grid(s Spec, by string, columns []Column, transformations []dashboard.DataTransformerConfig) Panel {
	b := table.NewPanelBuilder().ShowHeader(true).CellHeight(common.TableCellHeightSm).Filterable(true).
		Footer(common.NewTableFooterOptionsBuilder().Show(false).CountRows(false).Reducer([]string{}))
	if i := slices.IndexFunc(columns, func(c Column) bool { return c.Field == by }); i >= 0 {
		b = b.SortBy([]cog.Builder[common.TableSortByFieldState]{common.NewTableSortByFieldStateBuilder().DisplayName(columns[i].Name).Desc(true)})
	}
	for _, c := range columns {
		s.Overrides = append(s.Overrides, Field(c.Name, c.properties()...))
	}
	if s.Steps == nil {
		s.Steps = Plain()
	}
	return s.make(b, transformations...)
}

func (c Column) properties() []Property {
	// An empty cell would say what the empty panel says.
	list := []Property{Nothing()}
	if c.Unit != "" {
		list = append(list, Unit(c.Unit))
	}
	if c.Width > 0 {
		list = append(list, Property{Id: "custom.width", Value: c.Width})
	}
	if c.Steps != nil {
		list = append(list, Threshold(c.Steps))
	}
	switch {
	case c.Bar:
		list = append(list, cell(map[string]any{"type": "gauge", "mode": "basic", "valueDisplayMode": "text"}),
			Property{Id: "min", Value: 0})
	case c.Severity:
		list = append(list, cell(map[string]any{"type": "color-background", "mode": "basic"}), mapped(severityColours))
	case c.Outcome:
		list = append(list, cell(map[string]any{"type": "color-text"}), mapped(outcomeColours))
	case c.Steps != nil:
		list = append(list, cell(map[string]any{"type": "color-text"}))
	}
	if c.None != "" {
		list = append(list, Property{Id: "mappings", Value: []dashboard.ValueMapping{missing(c.None, Quiet)}})
	}
	if c.Long {
		list = append(list, Property{Id: "custom.inspect", Value: true})
	}
	if len(c.Links) > 0 {
		list = append(list, LinksTo(c.Links...))
	}
	return list
}

// nothing stands in an empty cell.
const nothing = "–"

// Nothing has a field say that there is nothing, where it would say what the empty
// panel says.
func Nothing() Property { return Property{Id: "noValue", Value: nothing} }

func cell(options map[string]any) Property {
	return Property{Id: "custom.cellOptions", Value: options}
}
