// Grafana's Postgres data source as the browser sees it: it puts the variables into the SQL and
// posts the query; macros and the database are the server's (server.py).
import { DataFrame, DataSourceInstanceSettings, MetricFindValue, ScopedVars } from '@grafana/data';
import { DataSourceWithBackend, getBackendSrv, getTemplateSrv, toDataQueryResponse } from '@grafana/runtime';
import { lastValueFrom } from 'rxjs';

const quoted = (value: unknown) => `'${String(value).replace(/'/g, "''")}'`;

// Grafana's rule for a variable without a format in an SQL data source.
function sqlFormat(value: unknown, variable: { multi?: boolean; includeAll?: boolean }): string {
  if (Array.isArray(value)) {
    return value.map(quoted).join(',');
  }
  return variable.multi || variable.includeAll ? quoted(value) : String(value).replace(/'/g, "''");
}

export class Postgres extends DataSourceWithBackend<any, any> {
  constructor(settings: DataSourceInstanceSettings) {
    super(settings);
    this.meta = settings.meta;
  }

  applyTemplateVariables(query: any, scoped: ScopedVars) {
    return { ...query, rawSql: getTemplateSrv().replace(query.rawSql, scoped, sqlFormat as any) };
  }

  // What a variable of kind "query" asks: columns __text and __value.
  async metricFindQuery(query: any, options?: any): Promise<MetricFindValue[]> {
    const rawSql = getTemplateSrv().replace(query.query ?? query, options?.scopedVars, sqlFormat as any);
    const queries = [{ refId: 'variable', datasource: this.getRef(), format: 'table', rawSql }];
    const { from, to } = options.range;
    const data = { from: String(from.valueOf()), to: String(to.valueOf()), queries };
    const answer = await lastValueFrom(getBackendSrv().fetch({ url: '/api/ds/query', method: 'POST', data }));
    const [frame] = toDataQueryResponse(answer as any, queries as any).data as DataFrame[];
    return frame ? choices(frame) : [];
  }
}

function choices(frame: DataFrame): MetricFindValue[] {
  const named = (name: string) => frame.fields.find((field) => field.name === name);
  const text = named('__text') ?? frame.fields[0];
  const value = named('__value') ?? text;
  return text ? text.values.map((shown, row) => ({ text: String(shown), value: String(value.values[row]) })) : [];
}
