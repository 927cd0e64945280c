// A dashboard's JSON as a scene, the form in which Grafana itself runs a dashboard.
import {
  EmbeddedScene, QueryVariable, SceneControlsSpacer, SceneDataTransformer, SceneGridItem, SceneGridLayout,
  SceneGridRow, SceneQueryRunner, SceneTimePicker, SceneTimeRange, SceneVariableSet, VariableValueSelectors, VizPanel,
} from '@grafana/scenes';
import { DashboardJson, PanelJson, VariableJson } from './model';

export function sceneOf(dashboard: DashboardJson): EmbeddedScene {
  return new EmbeddedScene({
    $timeRange: new SceneTimeRange({ ...dashboard.time, timeZone: dashboard.timezone, weekStart: 'monday' }),
    $variables: new SceneVariableSet({ variables: dashboard.templating.list.map(variable) }),
    controls: [new VariableValueSelectors({}), new SceneControlsSpacer(), new SceneTimePicker({ isOnCanvas: true, quickRanges: dashboard.timepicker.quick_ranges })],
    body: new SceneGridLayout({ children: grid(dashboard.panels) }),
  });
}

function variable(json: VariableJson) {
  return new QueryVariable({
    name: json.name, label: json.label, datasource: json.datasource, query: json.query, regex: json.regex,
    refresh: json.refresh, sort: json.sort, hide: json.hide, isMulti: json.multi, includeAll: json.includeAll,
    value: json.current.value ?? '', text: json.current.text ?? '',
  });
}

// A row owns the panels that follow it, as Grafana reads the file.
function grid(panels: PanelJson[]) {
  const top: Array<SceneGridItem | SceneGridRow> = [];
  let row: SceneGridRow | undefined;
  for (const json of panels) {
    const { x, y, w: width, h: height } = json.gridPos;
    if (json.type === 'row') {
      row = new SceneGridRow({ key: `row-${json.id}`, title: json.title, y, isCollapsed: false, children: [] });
      top.push(row);
      continue;
    }
    const item = new SceneGridItem({ key: `item-${json.id}`, x, y, width, height, body: panel(json) });
    row ? row.setState({ children: [...row.state.children, item] }) : top.push(item);
  }
  return top;
}

function panel(json: PanelJson): VizPanel {
  const asks = json.targets && new SceneQueryRunner({ datasource: json.datasource, queries: json.targets.map((one) => ({ ...one, panel: json.id })) });
  return new VizPanel({
    key: `panel-${json.id}`, title: json.title, description: json.description, pluginId: json.type,
    displayMode: json.transparent ? 'transparent' : 'default', options: json.options ?? {},
    fieldConfig: json.fieldConfig ?? { defaults: {}, overrides: [] },
    $data: asks && new SceneDataTransformer({ $data: asks, transformations: [] }),
  });
}
