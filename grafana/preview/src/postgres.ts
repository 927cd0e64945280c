// Grafana's Postgres data source as the browser sees it, but for one thing: a query is sent by its
// name, with the variables beside it. The preview's server takes no SQL (requests.py).
import { DataFrame, DataSourceInstanceSettings, MetricFindValue, ScopedVars } from '@grafana/data';
import { DataSourceWithBackend, getBackendSrv, toDataQueryResponse } from '@grafana/runtime';
import { sceneGraph, SceneObject } from '@grafana/scenes';
import { lastValueFrom } from 'rxjs';

const asker = (scoped?: ScopedVars) => scoped?.__sceneObject?.value?.valueOf() as SceneObject;

export class Postgres extends DataSourceWithBackend<any, any> {
  constructor(settings: DataSourceInstanceSettings, private dashboard: string) {
    super(settings);
    this.meta = settings.meta;
  }

  applyTemplateVariables({ refId, panel }: any, scoped: ScopedVars) {
    return { refId, panel, dashboard: this.dashboard, variables: chosen(asker(scoped)) };
  }

  // What a variable of kind "query" asks: columns __text and __value.
  async metricFindQuery(_: string, options?: any): Promise<MetricFindValue[]> {
    const variable = asker(options.scopedVars);
    const { name } = variable.state as any;
    const queries = [{ refId: 'variable', variable: name, dashboard: this.dashboard, variables: chosen(variable) }];
    const { from, to } = options.range;
    const data = { from: String(from.valueOf()), to: String(to.valueOf()), queries };
    const answer = await lastValueFrom(getBackendSrv().fetch({ url: '/api/ds/query', method: 'POST', data }));
    const [frame] = toDataQueryResponse(answer as any, queries as any).data as DataFrame[];
    return frame ? choices(frame) : [];
  }
}

// What is chosen now, by variable; All is the list of all.
function chosen(scene: SceneObject): Record<string, unknown> {
  return Object.fromEntries(sceneGraph.getVariables(scene).state.variables.map((one) => [one.state.name, one.getValue()]));
}

function choices(frame: DataFrame): MetricFindValue[] {
  const named = (name: string) => frame.fields.find((field) => field.name === name);
  const text = named('__text') ?? frame.fields[0];
  const value = named('__value') ?? text;
  return text ? text.values.map((shown, row) => ({ text: String(shown), value: String(value.values[row]) })) : [];
}
