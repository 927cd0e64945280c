// What Grafana's core application hands to its libraries, as far as a dashboard needs it.
import {
  booleanOverrideProcessor, displayNameOverrideProcessor, EventBusSrv, identityOverrideProcessor, LoadingState,
  locationUtil, numberOverrideProcessor, setWeekStart, standardEditorsRegistry, standardFieldConfigEditorRegistry,
  standardTransformers, standardTransformersRegistry, stringOverrideProcessor, systemDateFormats, thresholdsOverrideProcessor,
  toDataFrame, unitOverrideProcessor, valueMappingsOverrideProcessor,
} from '@grafana/data';
import type { DataQueryRequest, DataSourceApi, DataSourceInstanceSettings, PanelData, PanelPlugin, ScopedVars } from '@grafana/data';
import {
  setAppEvents, setBackendSrv, setDataSourceSrv, setLocationSrv, setPluginImportUtils, setRunRequest, setTemplateSrv,
} from '@grafana/runtime';
import { sceneGraph, SceneObject } from '@grafana/scenes';
import { catchError, from, map, Observable, of } from 'rxjs';
import { Postgres } from './postgres';

const WAREHOUSE = {
  id: 1,
  uid: 'warehouse',
  name: 'Warehouse',
  type: 'grafana-postgresql-datasource',
  access: 'proxy',
  readOnly: true,
  jsonData: {},
  meta: {
    id: 'grafana-postgresql-datasource', name: 'Warehouse', type: 'datasource', module: '', baseUrl: '',
    info: { logos: { small: '', large: '' } },
  },
} as unknown as DataSourceInstanceSettings;

export function startServices(plugins: Record<string, PanelPlugin>, dashboard: string) {
  const warehouse = new Postgres(WAREHOUSE, dashboard);
  setBackendSrv({ fetch: (options: any) => from(fetched(options)) } as any);
  setTemplateSrv({ replace, getVariables: () => [], containsTemplate: (text?: string) => /\$\{?\w|\[\[\w/.test(text ?? ''), updateTimeRange() {} } as any);
  setDataSourceSrv({
    get: async () => warehouse, getInstanceSettings: () => WAREHOUSE, getList: () => [WAREHOUSE], reload: async () => {},
    registerRuntimeDataSource() {},
  } as any);
  setRunRequest(run as any);
  setPluginImportUtils({ importPanelPlugin: async (id) => plugins[id], getPanelPluginFromCache: (id) => plugins[id] });
  setAppEvents(new EventBusSrv());
  setLocationSrv({ update() {} } as any);
  setWeekStart('monday');
  // As in compose.yaml.
  systemDateFormats.update({ ...systemDateFormats, interval: { ...systemDateFormats.interval, hour: 'D MMM HH:mm', day: 'D MMM', month: 'MMM YYYY' } });
  locationUtil.initialize({ config: { appSubUrl: '' } as any, getVariablesUrlParams: () => ({}), getTimeRangeForUrl: () => ({}) as any });
  registerFieldSettings();
  standardTransformersRegistry.setInit(() =>
    Object.values(standardTransformers).map((one: any) => ({ id: one.id, name: one.name, transformation: one, editor: () => null })) as any
  );
}

async function fetched(options: any) {
  const answer = await fetch(options.url, {
    method: options.method ?? 'GET',
    headers: { 'content-type': 'application/json' },
    body: options.data && JSON.stringify(options.data),
  });
  return { data: await answer.json(), status: answer.status, ok: answer.ok, config: options, headers: answer.headers };
}

// Variables belong to the scene object that asks.
function replace(text?: string, scoped?: ScopedVars, format?: any): string {
  const asker = scoped?.__sceneObject?.value?.valueOf() as SceneObject | undefined;
  return asker ? sceneGraph.interpolate(asker, text, scoped, format) : (text ?? '');
}

function run(api: DataSourceApi, request: DataQueryRequest, query?: any): Observable<PanelData> {
  const answer = (query ?? api.query.bind(api))(request);
  const failed = (error: any) =>
    ({ state: LoadingState.Error, series: [], error: { message: String(error?.message ?? error) }, timeRange: request.range, request }) as PanelData;
  return (answer instanceof Observable ? answer : from(answer as Promise<any>)).pipe(
    map((r: any) => ({
      state: r.errors?.length || r.error ? LoadingState.Error : LoadingState.Done,
      series: (r.data ?? []).map(toDataFrame),
      error: r.errors?.[0] ?? r.error,
      errors: r.errors,
      timeRange: request.range,
      request,
    }) as PanelData),
    catchError((error) => of(failed(error)))
  );
}

// The settings that every field can have, by the names they have in a dashboard's JSON.
function registerFieldSettings() {
  const processors: Record<string, any> = {
    unit: unitOverrideProcessor, min: numberOverrideProcessor, max: numberOverrideProcessor,
    decimals: numberOverrideProcessor, displayName: displayNameOverrideProcessor, noValue: stringOverrideProcessor,
    color: identityOverrideProcessor, thresholds: thresholdsOverrideProcessor, mappings: valueMappingsOverrideProcessor,
    links: identityOverrideProcessor, filterable: booleanOverrideProcessor,
  };
  const items = Object.entries(processors).map(([id, process]) => ({
    id, path: id, name: id, description: '', editor: () => null, override: () => null, process, shouldApply: () => true, settings: {},
  }));
  standardFieldConfigEditorRegistry.setInit(() => items as any);
  standardEditorsRegistry.setInit(() => []);
}
