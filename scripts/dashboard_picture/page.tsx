// Draws a dashboard from its JSON as Grafana does, by Grafana's own libraries: queries a Prometheus, and hands what it answers to
// @grafana/data's transformations and field options, and that to @grafana/ui's components.
// Grafana's state timeline is not among them: the one here is a few boxes.
import {
  applyFieldOverrides, createTheme, DataFrame, dateTime, FieldConfigOptionsRegistry, FieldDisplay, FieldType, getFieldDisplayValues,
  identityOverrideProcessor, standardTransformers, standardTransformersRegistry, ThemeContext, toDataFrame, transformDataFrame,
  VizOrientation,
} from '@grafana/data';
import { BigValue, GlobalStyles, PanelChrome, Table, TimeSeries, VizRepeater } from '@grafana/ui';
import { createRoot } from 'react-dom/client';
import { lastValueFrom } from 'rxjs';

import dashboard from 'dashboard.json';

const kWidth = 1600, kRow = 38, kColumn = kWidth / 24, kGap = 8;
// Grafana's own default for panels that do not say it, by their width.
const kPoints = 700;
const page = new URLSearchParams(location.search);
const prometheus = page.get('prometheus')!, end = Number(page.get('end')), start = end - 30 * 86400;
const theme = createTheme({ colors: { mode: 'dark' } });
const timeRange = { from: dateTime(start * 1000), to: dateTime(end * 1000), raw: { from: 'now-30d', to: 'now' } };
const timeZone = 'utc';
const variables: Record<string, string> = {};

const replace = (text = '') => text.replace(/\$\{?(\w+)\}?/g, (all, name) => variables[name] ?? all);

const ask = async (path: string, query: Record<string, string>) => {
  const answer = await (await fetch(`${prometheus}/api/v1/${path}?${new URLSearchParams(query)}`)).json();
  if (answer.status !== 'success') throw new Error(`${answer.error}: ${JSON.stringify(query)}`);
  return answer.data;
};

const setVariables = async () => {
  for (const variable of dashboard.templating.list as any[]) {
    if (variable.type === 'constant') variables[variable.name] = variable.query;
    if (variable.type === 'datasource') variables[variable.name] = 'Prometheus';
    if (variable.type !== 'query') continue;
    const [, selector, label] = /^label_values\((.+), (\w+)\)$/.exec(replace(variable.query.query))!;
    const range = { 'match[]': selector, start: String(start), end: String(end) };
    variables[variable.name] = (await ask(`label/${label}/values`, range))[0] ?? '';
  }
};

// As Grafana's data source for Prometheus makes its frames.
const framesOf = async (target: any, points: number): Promise<DataFrame[]> => {
  const query = replace(target.expr);
  const step = Math.ceil((end - start) / points / 60) * 60;
  const { result } = target.range
    ? await ask('query_range', { query, start: String(Math.ceil(start / step) * step), end: String(end), step: String(step) })
    : await ask('query', { query, time: String(end) });
  return result.map((series: any) => {
    const samples = series.values ?? [series.value];
    const name = (target.legendFormat ?? '').replace(/\{\{(\w+)\}\}/g, (_: string, label: string) => series.metric[label] ?? '');
    return toDataFrame({
      refId: target.refId,
      fields: [
        { name: 'Time', type: FieldType.time, values: samples.map((s: any) => s[0] * 1000), config: { interval: step * 1000 } },
        target.format === 'table'
          ? { name: `Value #${target.refId}`, type: FieldType.number, values: samples.map((s: any) => Number(s[1])) }
          : { name: 'Value', type: FieldType.number, labels: series.metric, values: samples.map((s: any) => Number(s[1])),
              config: { displayNameFromDS: name || undefined } },
      ],
    });
  });
};

// The options that panels add to their fields: Grafana keeps this list beside its panels.
const fieldOptions = new FieldConfigOptionsRegistry(() => {
  const option = (path: string, isCustom: boolean) => ({
    id: isCustom ? `custom.${path}` : path, path, name: path, isCustom, override: () => null, editor: () => null,
    process: identityOverrideProcessor, shouldApply: () => true, settings: {},
  });
  const standard = ['unit', 'decimals', 'min', 'max', 'color', 'thresholds', 'mappings', 'noValue', 'displayName', 'links'];
  const custom = ['drawStyle', 'lineInterpolation', 'lineWidth', 'lineStyle', 'fillOpacity', 'showPoints', 'spanNulls', 'axisSoftMin',
    'stacking', 'align', 'cellOptions', 'inspect'];
  return [...standard.map((path) => option(path, false)), ...custom.map((path) => option(path, true))] as any;
});

const dataOf = async (panel: any) => {
  const frames = (await Promise.all(panel.targets.map((t: any) => framesOf(t, panel.maxDataPoints ?? kPoints)))).flat();
  const transformed = await lastValueFrom(transformDataFrame(panel.transformations ?? [], frames, { interpolate: replace }));
  return applyFieldOverrides({
    data: transformed, fieldConfig: panel.fieldConfig, replaceVariables: replace, theme, timeZone, fieldConfigRegistry: fieldOptions,
  });
};

const NoData = ({ panel }: any) => (
  <div style={{ display: 'grid', placeItems: 'center', height: '100%' }}>{panel.fieldConfig.defaults.noValue}</div>
);

const Stat = ({ panel, data, width, height }: any) => {
  const options = panel.options;
  const values = () => getFieldDisplayValues({
    fieldConfig: panel.fieldConfig, reduceOptions: options.reduceOptions, replaceVariables: replace, theme, data, timeZone,
  });
  return (
    <VizRepeater
      getValues={values} width={width} height={height} source={data} renderCounter={0} autoGrid orientation={VizOrientation.Auto}
      renderValue={({ value, width, height }: { value: FieldDisplay; width: number; height: number }) => (
        <BigValue value={value.display} width={width} height={height} theme={theme} colorMode={options.colorMode}
          graphMode={options.graphMode} justifyMode={options.justifyMode} textMode={options.textMode} />
      )}
    />
  );
};

const Timeline = ({ data, width }: any) => {
  const left = 64, scale = (width - left - 8) / (end - start);
  return data.map((frame: DataFrame) => {
    const [time, value] = frame.fields;
    const bars: Array<{ from: number; to: number; text: string; color?: string }> = [];
    time.values.forEach((at: number, i: number) => {
      const { text, color } = value.display!(value.values[i]);
      const last = bars.at(-1);
      if (last?.text !== text) bars.push({ from: at / 1000, to: end, text, color });
      if (last && last.text !== text) last.to = at / 1000;
    });
    return (
      <div key={frame.refId} style={{ position: 'relative', height: 96, marginTop: 8 }}>
        <span style={{ position: 'absolute', top: 38, color: theme.colors.text.secondary }}>{value.config.displayNameFromDS}</span>
        {bars.map((bar) => (
          <div key={bar.from} style={{
            position: 'absolute', top: 12, height: 72, left: left + (bar.from - start) * scale, width: (bar.to - bar.from) * scale,
            background: theme.visualization.getColorByName(bar.color!), opacity: 0.85, overflow: 'hidden', whiteSpace: 'nowrap',
            color: '#111', padding: '26px 4px', boxSizing: 'border-box',
          }}>{bar.text}</div>
        ))}
      </div>
    );
  });
};

const Body = (props: any) => {
  const { panel, data, width, height } = props;
  if (panel.type === 'stat') return <Stat {...props} />;
  if (!data.some((frame: DataFrame) => frame.length)) return <NoData panel={panel} />;
  if (panel.type === 'timeseries') {
    return <TimeSeries frames={data} width={width} height={height} timeRange={timeRange} timeZone={timeZone} legend={panel.options.legend} />;
  }
  if (panel.type === 'table') return <Table data={data[0]} width={width} height={height} columnMinWidth={100} />;
  return <Timeline {...props} />;
};

const Panel = ({ panel, data }: any) => {
  const { x, y, w, h } = panel.gridPos;
  const place = { position: 'absolute' as const, left: x * kColumn + kGap / 2, top: y * kRow + 52 };
  if (panel.type === 'row') return <h4 style={{ ...place, lineHeight: `${kRow}px`, margin: 0 }}>⌄ {panel.title}</h4>;
  return (
    <div style={place}>
      <PanelChrome title={panel.title} description={panel.description} width={w * kColumn - kGap} height={h * kRow - kGap}>
        {(width, height) => <Body panel={panel} data={data} width={width} height={height} />}
      </PanelChrome>
    </div>
  );
};

const main = async () => {
  // Two of them have an old name, too.
  const transformations = new Map(Object.values(standardTransformers).map((one) => [one.id, one]));
  standardTransformersRegistry.setInit(() => [...transformations.values()].map((one) => (
    { id: one.id, name: one.name, transformation: async () => one }
  )) as any);
  await setVariables();
  const panels = dashboard.panels as any[];
  const data = await Promise.all(panels.map((panel) => (panel.type === 'row' ? [] : dataOf(panel))));
  const shown = ['namespace', 'cluster'].map((name) => `${name}: ${variables[name]}`).join('    ');
  createRoot(document.body.appendChild(document.createElement('div'))).render(
    <ThemeContext.Provider value={theme}>
      <GlobalStyles isExtensionPanel={false} />
      <div style={{ position: 'absolute', left: 8, top: 8, whiteSpace: 'pre' }}>
        <b style={{ fontSize: 18 }}>{dashboard.title}</b>
        {`    ${shown}    Last 30 days, until ${timeRange.to.toISOString()}    `}
        <b style={{ color: theme.colors.warning.text }}>EXAMPLE DATA</b>
      </div>
      {panels.map((panel, i) => <Panel key={panel.id} panel={panel} data={data[i]} />)}
    </ThemeContext.Provider>
  );
};

main().catch((error) => {
  document.body.append(`FAILED: ${error.stack}`);
});
