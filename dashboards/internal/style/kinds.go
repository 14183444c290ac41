package style

import (
	"github.com/grafana/grafana-foundation-sdk/go/bargauge"
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/logs"
	"github.com/grafana/grafana-foundation-sdk/go/piechart"
	"github.com/grafana/grafana-foundation-sdk/go/stat"
	"github.com/grafana/grafana-foundation-sdk/go/text"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"
)

// Stat is one large number, coloured by its thresholds.
func Stat(s Spec) Panel {
	mode := common.BigValueColorModeValue
	if len(s.Steps) > 1 {
		mode, s.unknown = common.BigValueColorModeBackground, true
	}
	return s.make(stat.NewPanelBuilder().WideLayout(true).
		GraphMode(common.BigValueGraphModeNone).ColorMode(mode).TextMode(common.BigValueTextModeValue).
		JustifyMode(common.BigValueJustifyModeCenter).Orientation(common.VizOrientationAuto).ReduceOptions(last()))
}

// last takes the last number of each series.
func last() cog.Builder[common.ReduceDataOptions] {
	return common.NewReduceDataOptionsBuilder().Calcs([]string{"lastNotNull"}).Fields("").Values(false)
}

// rows takes every row of a table, such as the answer to an instant query.
func rows(limit float64) cog.Builder[common.ReduceDataOptions] {
	return common.NewReduceDataOptionsBuilder().Calcs([]string{}).Fields("").Values(true).Limit(limit)
}

// Lines are series over time as lines.
func Lines(s Spec) Panel { return s.make(series(s, common.GraphDrawStyleLine, 12, false)) }

// Bars are counts over time as bars on top of each other.
func Bars(s Spec) Panel { return s.make(series(s, common.GraphDrawStyleBars, 70, true)) }

func series(s Spec, draw common.GraphDrawStyle, fill float64, stacked bool) *timeseries.PanelBuilder {
	legend := common.NewVizLegendOptionsBuilder().DisplayMode(common.LegendDisplayModeTable).
		Placement(common.LegendPlacementRight).ShowLegend(true).SortDesc(true)
	if len(s.Targets) == 1 && s.Targets[0].Legend == "" { // a single series needs none
		legend = legend.ShowLegend(false)
	}
	stack, order := common.StackingModeNone, common.SortOrderDescending
	if stacked {
		stack = common.StackingModeNormal
		legend = legend.Calcs([]string{"sum"}).SortBy("Total")
	} else {
		legend = legend.Calcs([]string{"max", "lastNotNull"}).SortBy("Max")
	}
	b := timeseries.NewPanelBuilder().DrawStyle(draw).LineWidth(1).FillOpacity(fill).
		LineInterpolation(common.LineInterpolationLinear).ShowPoints(common.VisibilityModeAuto).PointSize(4).
		AxisSoftMin(0).Legend(legend).
		Stacking(common.NewStackingConfigBuilder().Mode(stack).Group("A")).
		Tooltip(common.NewVizTooltipOptionsBuilder().Mode(common.TooltipDisplayModeMulti).Sort(order))
	if len(s.Steps) > 1 {
		b = b.ThresholdsStyle(common.NewGraphThresholdsStyleConfigBuilder().Mode(common.GraphThresholdsStyleModeDashed))
	}
	return b
}

// Ranking is a list of horizontal bars, one a row of the answer.
func Ranking(s Spec) Panel {
	return s.make(bargauge.NewPanelBuilder().Orientation(common.VizOrientationHorizontal).
		DisplayMode(common.BarGaugeDisplayModeBasic).ValueMode(common.BarGaugeValueModeText).ShowUnfilled(false).
		MinVizHeight(14).MaxVizHeight(28).Sizing(common.BarGaugeSizingManual).
		NamePlacement(common.BarGaugeNamePlacementLeft).ReduceOptions(rows(20)), sorted()...)
}

// Shares are parts of a whole.
func Shares(s Spec) Panel {
	return s.make(piechart.NewPanelBuilder().Orientation(common.VizOrientationAuto).PieType(piechart.PieChartTypeDonut).
		ReduceOptions(rows(25)).
		Tooltip(common.NewVizTooltipOptionsBuilder().Mode(common.TooltipDisplayModeSingle).Sort(common.SortOrderNone)).
		Legend(piechart.NewPieChartLegendOptionsBuilder().DisplayMode(common.LegendDisplayModeTable).
			Placement(common.LegendPlacementRight).ShowLegend(true).
			Values([]piechart.PieChartLegendValues{piechart.PieChartLegendValuesValue, piechart.PieChartLegendValuesPercent})), sorted()...)
}

// Log shows lines.
func Log(s Spec) Panel {
	order := common.LogsSortOrderDescending
	if len(s.Targets) > 0 && s.Targets[0].Oldest {
		order = common.LogsSortOrderAscending
	}
	return s.make(logs.NewPanelBuilder().ShowTime(true).ShowLabels(false).ShowCommonLabels(false).
		WrapLogMessage(true).PrettifyLogMessage(false).EnableLogDetails(true).
		SortOrder(order).DedupStrategy(common.LogsDedupStrategyNone))
}

// Text is a note in Markdown. It holds no text of records.
func Text(title, about, content string) Panel {
	p := Spec{Title: title, About: about, Unit: "none", Empty: "-"}.make(text.NewPanelBuilder().Mode(text.TextModeMarkdown).Content(content))
	p.built.Datasource, p.built.Interval, p.built.FieldConfig = nil, nil, nil
	return p
}
