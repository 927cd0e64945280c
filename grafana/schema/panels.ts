// The dashboards of this project in the types of Grafana: a panel per kind that is used here.
import type { DataSourceRef, Dashboard, FieldConfigSource, GridPos, Panel, VariableModel } from '@grafana/schema/dist/types/raw/dashboard/x/types.gen';
import type { FieldConfig as BarChartFieldConfig, Options as BarChartOptions } from '@grafana/schema/dist/types/raw/composable/barchart/panelcfg/x/types.gen';
import type { Options as BarGaugeOptions } from '@grafana/schema/dist/types/raw/composable/bargauge/panelcfg/x/types.gen';
import type { Options as StatOptions } from '@grafana/schema/dist/types/raw/composable/stat/panelcfg/x/types.gen';
import type { FieldConfig as TableFieldConfig, Options as TableOptions } from '@grafana/schema/dist/types/raw/composable/table/panelcfg/x/types.gen';
import type { FieldConfig as LinesFieldConfig, Options as LinesOptions } from '@grafana/schema/dist/types/raw/composable/timeseries/panelcfg/x/types.gen';

interface Target {
  refId: string;
  datasource: DataSourceRef;
  rawSql: string;
  rawQuery: true;
  editorMode: 'code';
  format: 'table' | 'time_series';
}

type Fields<Custom> = Omit<FieldConfigSource, 'defaults'> & {
  defaults: Omit<FieldConfigSource['defaults'], 'custom'> & { custom?: Partial<Custom> };
};

interface Drawn<Kind extends string, Options, Custom = Record<string, never>> {
  id: number;
  type: Kind;
  title: string;
  description: string;
  datasource: DataSourceRef;
  gridPos: GridPos;
  targets: Target[];
  options: Partial<Options>;
  fieldConfig: Fields<Custom>;
}

export interface stat extends Drawn<'stat', StatOptions> {}
export interface barchart extends Drawn<'barchart', BarChartOptions, BarChartFieldConfig> {}
export interface bargauge extends Drawn<'bargauge', BarGaugeOptions> {}
export interface table extends Drawn<'table', TableOptions, TableFieldConfig> {}
export interface timeseries extends Drawn<'timeseries', LinesOptions, LinesFieldConfig> {}

export interface text {
  id: number;
  type: 'text';
  title: string;
  description: string;
  gridPos: GridPos;
  transparent?: boolean;
  options: { mode: 'markdown'; content: string };
}

export interface row {
  id: number;
  type: 'row';
  title: string;
  gridPos: GridPos;
  collapsed: boolean;
  panels: never[];
}

export interface variable extends Omit<VariableModel, 'query' | 'datasource'> {
  query: string;
  datasource: DataSourceRef;
}

// Panels and variables are checked one by one, against the type of their own kind.
export interface dashboard extends Omit<Dashboard, 'panels' | 'snapshot' | 'templating' | 'uid' | 'title'> {
  uid: string;
  title: string;
  panels: unknown[];
  templating: { list: unknown[] };
}
