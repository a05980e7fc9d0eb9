// A dashboard as Grafana's own types have it, each panel with the options of its kind; held.schema.json is made from it.
import type { Dashboard, Panel, RowPanel } from '@grafana/schema/dist/types/raw/dashboard/x/types.gen';
import type * as Stat from '@grafana/schema/dist/types/raw/composable/stat/panelcfg/x/types.gen';
import type * as Table from '@grafana/schema/dist/types/raw/composable/table/panelcfg/x/types.gen';
import type * as Timeline from '@grafana/schema/dist/types/raw/composable/statetimeline/panelcfg/x/types.gen';
import type * as TimeSeries from '@grafana/schema/dist/types/raw/composable/timeseries/panelcfg/x/types.gen';

type FieldConfig = Panel['fieldConfig'];
type Of<Name, Options, Custom> = Omit<Panel, 'type' | 'options' | 'fieldConfig'> & {
  type: Name;
  options: Options;
  fieldConfig: { defaults: Omit<FieldConfig['defaults'], 'custom'> & { custom?: Custom }; overrides: FieldConfig['overrides'] };
};

export interface HeldDashboard extends Omit<Dashboard, 'panels'> {
  panels: Array<
    | RowPanel
    | Of<'stat', Stat.Options, {}>
    | Of<'state-timeline', Timeline.Options, Timeline.FieldConfig>
    | Of<'table', Table.Options, Table.FieldConfig>
    | Of<'timeseries', TimeSeries.Options, TimeSeries.FieldConfig>
  >;
}
