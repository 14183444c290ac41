// What of a dashboard's JSON must fit Grafana's types. The test puts a file beside
// this one that gives each part of each dashboard its type.
import type { Dashboard, Panel, RowPanel, VariableModel, AnnotationQuery, VizLegendOptions } from '@grafana/schema';
import type * as barGauge from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen';
import type * as logs from '@grafana/schema/dist/esm/raw/composable/logs/panelcfg/x/LogsPanelCfg_types.gen';
import type * as nodeGraph from '@grafana/schema/dist/esm/raw/composable/nodegraph/panelcfg/x/NodeGraphPanelCfg_types.gen';
import type * as pieChart from '@grafana/schema/dist/esm/raw/composable/piechart/panelcfg/x/PieChartPanelCfg_types.gen';
import type * as stat from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type * as table from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type * as timeSeries from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';
import type { LokiDataQuery } from '@grafana/schema/dist/esm/raw/composable/loki/dataquery/x/LokiDataQuery_types.gen';

/** T as it stands in JSON: an enum is one of its values. */
export type Json<T> = T extends string
  ? `${T}`
  : T extends number
    ? number extends T
      ? number
      : `${T}` extends `${infer N extends number}`
        ? N
        : never
    : T extends boolean | null | undefined
      ? T
      : T extends (infer U)[]
        ? Json<U>[]
        : T extends object
          ? { [K in keyof T]: Json<T[K]> }
          : T;

/** A dashboard; its panels, variables and annotations are checked by themselves. */
export type DashboardJson = Json<Omit<Dashboard, 'panels' | 'templating' | 'annotations'>>;
// The text that the list of variables shows; Grafana 11.1 has it, its types do not.
export type VariableJson = Json<Omit<VariableModel, 'query'>> & { definition?: string };
export type AnnotationJson = Json<Omit<AnnotationQuery, 'target'>>;
export type RowJson = Json<Omit<RowPanel, 'panels'>>;
/** A panel without what depends on its type. */
export type PanelJson = Json<Omit<Panel, 'options' | 'targets' | 'fieldConfig'>>;
export type FieldsJson = Json<Omit<NonNullable<Panel['fieldConfig']>, 'defaults' | 'overrides'>>;
export type DefaultsJson = Json<Omit<NonNullable<Panel['fieldConfig']>['defaults'], 'custom' | 'links'>>;
export type OverrideJson = Json<NonNullable<Panel['fieldConfig']>['overrides'][number]>;
export type LinkJson = Json<NonNullable<Panel['links']>[number]>;
// Which end of the lines is asked for: the data source knows it, its types do not.
export type TargetJson = Json<LokiDataQuery> & { direction?: 'forward' | 'backward' };

/** Options and own field settings by panel type. */
export interface OptionsJson {
  // The legend came with Grafana 11.2; 11.1 shows none.
  bargauge: Json<Partial<barGauge.Options>> & { legend?: Json<VizLegendOptions> };
  logs: Json<Partial<logs.Options>>;
  nodeGraph: Json<Partial<nodeGraph.Options>>;
  piechart: Json<Partial<pieChart.Options>>;
  stat: Json<Partial<stat.Options>>;
  table: Json<Partial<table.Options>>;
  timeseries: Json<Partial<timeSeries.Options>>;
}
export interface CustomJson {
  bargauge: undefined;
  logs: undefined;
  nodeGraph: undefined;
  piechart: Json<Partial<pieChart.FieldConfig>>;
  stat: undefined;
  table: Json<Partial<table.FieldConfig>>;
  timeseries: Json<Partial<timeSeries.FieldConfig>>;
}
