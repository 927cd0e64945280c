// The part of a dashboard's JSON that is read here; its full shape is Grafana's `Dashboard`.
import type { FieldConfigSource } from '@grafana/data';

export interface PanelJson {
  id: number;
  type: string;
  title: string;
  description?: string;
  transparent?: boolean;
  gridPos: { x: number; y: number; w: number; h: number };
  datasource?: { type: string; uid: string };
  targets?: Array<{ refId: string; rawSql: string; format: string }>;
  options?: Record<string, unknown>;
  fieldConfig?: FieldConfigSource;
}

export interface VariableJson {
  name: string;
  label: string;
  datasource: { type: string; uid: string };
  query: string;
  regex: string;
  refresh: number;
  sort: number;
  hide: number;
  multi: boolean;
  includeAll: boolean;
  current: { text?: string | string[]; value?: string | string[] };
}

export interface DashboardJson {
  uid: string;
  title: string;
  description: string;
  timezone: string;
  time: { from: string; to: string };
  timepicker: { quick_ranges?: Array<{ display: string; from: string; to: string }> };
  templating: { list: VariableJson[] };
  panels: PanelJson[];
}

export interface Found {
  uid: string;
  title: string;
}
