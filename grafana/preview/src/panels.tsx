// Grafana's panels are part of its application and not of its libraries. These draw with the same
// components of @grafana/ui that the panels themselves use.
import {
  DataFrame, FieldColorModeId, FieldConfigProperty, FieldDisplay, FieldType, formattedValueToString, getDisplayValueAlignmentFactors, getFieldDisplayValues,
  PanelPlugin, PanelProps, renderMarkdown, ThresholdsMode, VizOrientation,
} from '@grafana/data';
import { BarGauge, BigValue, TimeSeries, useTheme2, VizRepeater } from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';
import type { ReactElement } from 'react';

type Drawn = (value: FieldDisplay, at: { width: number; height: number; count: number; factors: any }) => ReactElement;

function Values({ panel, draw }: { panel: PanelProps<any>; draw: Drawn }) {
  const theme = useTheme2();
  const { options, fieldConfig, data, width, height } = panel;
  const getValues = () =>
    getFieldDisplayValues({
      fieldConfig, theme, reduceOptions: options.reduceOptions, replaceVariables: panel.replaceVariables,
      data: data.series, sparkline: options.graphMode === 'area', percentChange: options.showPercentChange, timeZone: panel.timeZone,
    });
  return (
    <VizRepeater
      getValues={getValues}
      getAlignmentFactors={(values: FieldDisplay[]) => getDisplayValueAlignmentFactors(values)}
      width={width}
      height={height}
      source={data}
      renderCounter={panel.renderCounter}
      autoGrid
      orientation={options.orientation ?? VizOrientation.Auto}
      minVizHeight={options.minVizHeight}
      maxVizHeight={options.maxVizHeight}
      renderValue={({ value, width, height, count, alignmentFactors }: any) =>
        draw(value, { width, height, count, factors: alignmentFactors })
      }
    />
  );
}

function Stat(panel: PanelProps<any>) {
  const theme = useTheme2();
  const { options } = panel;
  return (
    <Values
      panel={panel}
      draw={(value, at) => (
        <BigValue
          value={value.display} sparkline={value.sparkline} count={at.count} alignmentFactors={at.factors}
          width={at.width} height={at.height} theme={theme} colorMode={options.colorMode} graphMode={options.graphMode}
          justifyMode={options.justifyMode} textMode={options.textMode} text={options.text}
          percentChangeColorMode={options.percentChangeColorMode} disableWideLayout={!options.wideLayout}
        />
      )}
    />
  );
}

function Bars(panel: PanelProps<any>) {
  const theme = useTheme2();
  const { options } = panel;
  return (
    <Values
      panel={panel}
      draw={(value, at) => (
        <BarGauge
          value={value.display} field={value.field} display={value.view?.getFieldDisplayProcessor(value.colIndex!)}
          width={at.width} height={at.height} theme={theme} alignmentFactors={at.factors} text={options.text}
          orientation={options.orientation} displayMode={options.displayMode} valueDisplayMode={options.valueMode}
          namePlacement={options.namePlacement} showUnfilled={options.showUnfilled}
        />
      )}
    />
  );
}

function Lines(panel: PanelProps<any>) {
  const { data, options } = panel;
  if (!data.series.some((frame) => frame.fields.length)) {
    return <Empty panel={panel} />;
  }
  return (
    <TimeSeries
      frames={data.series} structureRev={data.structureRev} timeRange={panel.timeRange} timeZone={panel.timeZone}
      width={panel.width} height={panel.height} legend={options.legend} options={options}
    />
  );
}

// A bar per row and a label under each, as Grafana's bar chart draws them: the axis counts the rows.
function Columns(panel: PanelProps<any>) {
  const { data, options } = panel;
  const [frame] = data.series;
  if (!frame?.fields.length) {
    return <Empty panel={panel} />;
  }
  const [named, ...numbers] = frame.fields;
  const labels = named.values.map((value) => formattedValueToString(named.display!(value)));
  const every = Math.ceil((labels.length * options.xTickLabelSpacing) / panel.width);
  const shown = (at: any) => ({ text: at % every === 0 ? (labels[at] ?? '') : '', numeric: at });
  const axis = { min: -0.5, max: labels.length - 0.5, custom: { axisGridShow: false } };
  const rows = { ...named, type: FieldType.number, values: [...labels.keys()], config: axis, display: shown };
  const fields = numbers.map((field, at) => ({
    ...field,
    config: { ...field.config, custom: { ...field.config.custom, ...COLUMNS, barWidthFactor: options.barWidth } },
    state: { ...field.state, seriesIndex: at, origin: { frameIndex: 0, fieldIndex: at + 1 } },
  }));
  const drawn = { ...frame, fields: [rows, ...fields] } as DataFrame;
  return (
    <TimeSeries
      key={labels.join()} frames={[drawn]} preparePlotFrame={() => drawn} structureRev={data.structureRev} timeRange={panel.timeRange}
      timeZone={panel.timeZone} width={panel.width} height={panel.height} legend={options.legend} options={options}
    />
  );
}

function Rows(panel: PanelProps<any>) {
  const [frame] = panel.data.series;
  if (!frame?.fields.length) {
    return <Empty panel={panel} />;
  }
  return (
    <TableNG
      data={frame} width={panel.width} height={panel.height} noHeader={!panel.options.showHeader}
      cellHeight={panel.options.cellHeight} timeRange={panel.timeRange} fieldConfig={panel.fieldConfig}
      structureRev={panel.data.structureRev}
    />
  );
}

function Empty({ panel }: { panel: PanelProps<any> }) {
  const center = { display: 'flex', alignItems: 'center', justifyContent: 'center', height: '100%', opacity: 0.6 };
  return <div style={center}>{panel.fieldConfig.defaults.noValue ?? 'No data'}</div>;
}

function Text(panel: PanelProps<any>) {
  return <div className="markdown-html" dangerouslySetInnerHTML={{ __html: renderMarkdown(panel.replaceVariables(panel.options.content)) }} />;
}

const THRESHOLDS = { mode: ThresholdsMode.Absolute, steps: [{ value: -Infinity, color: 'green' }] };
const standardOptions = (color: FieldColorModeId) => ({
  [FieldConfigProperty.Color]: { settings: { byValueSupport: true }, defaultValue: { mode: color } },
  [FieldConfigProperty.Thresholds]: { defaultValue: THRESHOLDS },
});

// Settings of one kind of panel's fields (fieldConfig.defaults.custom), with Grafana's defaults.
const custom = (defaults: Record<string, unknown>) => (builder: any) => {
  for (const [id, defaultValue] of Object.entries(defaults)) {
    builder.addCustomEditor({
      id, path: id, name: id, defaultValue, editor: () => null, override: () => null, process: (value: unknown) => value, shouldApply: () => true,
    });
  }
};

const TABLE = { width: undefined, minWidth: 50, align: 'auto', cellOptions: { type: 'auto' }, wrapText: false, inspect: false, filterable: false, footer: { reducers: [] } };
const LINES = {
  drawStyle: 'line', lineInterpolation: 'linear', lineWidth: 1, lineStyle: { fill: 'solid' }, fillOpacity: 0, fillBelowTo: undefined,
  gradientMode: 'none', barAlignment: 0, barWidthFactor: 0.6, showPoints: 'auto', pointSize: 5, spanNulls: false, insertNulls: false,
  stacking: { mode: 'none', group: 'A' }, axisPlacement: 'auto', axisLabel: '', axisColorMode: 'text', axisBorderShow: false,
  axisCenteredZero: false, axisGridShow: undefined, axisWidth: undefined, axisSoftMin: undefined, axisSoftMax: undefined,
  scaleDistribution: { type: 'linear' }, hideFrom: { tooltip: false, viz: false, legend: false }, thresholdsStyle: { mode: 'off' },
};

const COLUMNS = { drawStyle: 'bars', barAlignment: 0, showPoints: 'never', stacking: { mode: 'normal', group: 'A' } };
const BARS = { lineWidth: 1, fillOpacity: 80, gradientMode: 'none', axisPlacement: 'auto', axisSoftMin: undefined, axisSoftMax: undefined, hideFrom: LINES.hideFrom };

function plugin(id: string, component: any, color: FieldColorModeId, fields: Record<string, unknown> = {}): PanelPlugin {
  const made = new PanelPlugin<any, any>(component).useFieldConfig({ standardOptions: standardOptions(color) as any, useCustomConfig: custom(fields) });
  const info = { version: '13.2.2', logos: { small: '', large: '' }, author: { name: '' }, description: '', links: [], screenshots: [], updated: '' };
  made.meta = { id, name: id, type: 'panel', sort: 1, module: '', baseUrl: '', info } as any;
  return made;
}

export const plugins: Record<string, PanelPlugin> = {
  stat: plugin('stat', Stat, FieldColorModeId.Thresholds),
  bargauge: plugin('bargauge', Bars, FieldColorModeId.Thresholds),
  table: plugin('table', Rows, FieldColorModeId.Thresholds, TABLE),
  timeseries: plugin('timeseries', Lines, FieldColorModeId.PaletteClassic, LINES),
  barchart: plugin('barchart', Columns, FieldColorModeId.PaletteClassic, BARS),
  text: plugin('text', Text, FieldColorModeId.Thresholds),
};
