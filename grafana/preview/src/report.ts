// What the page shows, for a test to read: `window.preview()`.
import { getFieldDisplayName, LoadingState } from '@grafana/data';
import { EmbeddedScene, sceneGraph, VizPanel } from '@grafana/scenes';

export function report(scene: EmbeddedScene) {
  const panels = (sceneGraph.findAllObjects(scene, (found) => found instanceof VizPanel) as VizPanel[])
    .filter((panel) => panel.state.$data)
    .map(panelReport);
  const settled = panels.every((panel) => panel.state === LoadingState.Done || panel.state === LoadingState.Error);
  const variables = Object.fromEntries(
    sceneGraph.getVariables(scene).state.variables.map((one) => [one.state.name, one.getValue()])
  );
  return { ready: panels.length > 0 && settled, panels, variables, errors: (window as any).pageErrors as string[] };
}

function panelReport(panel: VizPanel) {
  const data = panel.state.$data!.state.data;
  const fields = (data?.series ?? []).flatMap((frame) =>
    frame.fields.map((field) => ({
      name: getFieldDisplayName(field, frame, data?.series),
      type: field.type,
      values: field.values,
    }))
  );
  return {
    key: panel.state.key,
    title: sceneGraph.interpolate(panel, panel.state.title),
    kind: panel.state.pluginId,
    state: data?.state,
    error: data?.errors?.[0]?.message ?? data?.error?.message,
    fields,
  };
}
