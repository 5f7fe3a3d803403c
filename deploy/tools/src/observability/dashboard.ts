/** One number or line of a panel: a query, and the name of its series. */
type Query = readonly [expr: string, legend: string]

/** A panel is 8 columns wide (a third of the page), unless `width` says more. */
export interface Panel {
  readonly title: string
  /** What it shows, and what to do about it. */
  readonly description: string
  readonly unit: 's' | 'short' | 'reqps' | 'ops' | 'bytes' | 'percentunit' | 'bool'
  readonly queries: readonly Query[]
  readonly kind?: 'timeseries' | 'stat'
  readonly width?: 8 | 16 | 24
}

export interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly description: string
  readonly panels: readonly Panel[]
}

const datasource = { type: 'prometheus', uid: '$datasource' }
const [height, columns] = [8, 24]

/** A dashboard as Grafana 11 and later read it from a file. */
export function grafanaJson({ uid, title, description, panels }: Dashboard): string {
  const json = {
    uid,
    title,
    description,
    tags: ['saucery'],
    schemaVersion: 39,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    timezone: 'browser',
    templating: { list: [datasourceVariable, serviceVariable] },
    panels: placed(panels).map(({ panel, x, y }, i) => ({
      id: i + 1,
      type: panel.kind ?? 'timeseries',
      title: panel.title,
      description: panel.description,
      datasource,
      gridPos: { x, y, w: panel.width ?? 8, h: height },
      fieldConfig: {
        defaults: { unit: panel.unit, min: panel.unit === 'percentunit' ? 0 : undefined },
        overrides: [],
      },
      options: panel.kind === 'stat' ? statOptions : lineOptions,
      targets: panel.queries.map(([expr, legendFormat], query) => ({
        refId: String.fromCharCode('A'.charCodeAt(0) + query),
        datasource,
        expr,
        legendFormat,
        range: true,
      })),
    })),
  }
  return `${JSON.stringify(json, null, 2)}\n`
}

const datasourceVariable = {
  name: 'datasource',
  type: 'datasource',
  query: 'prometheus',
  label: 'Prometheus',
}

const serviceVariable = {
  name: 'service',
  label: 'Service',
  type: 'query',
  datasource,
  query: { query: 'label_values(up{job="saucery"}, service)', refId: 'services' },
  definition: 'label_values(up{job="saucery"}, service)',
  includeAll: true,
  allValue: '.*',
  multi: true,
  refresh: 2,
  current: { text: ['All'], value: ['$__all'] },
}

const statOptions = { reduceOptions: { calcs: ['lastNotNull'] }, colorMode: 'value' }
const lineOptions = {
  legend: { displayMode: 'table', placement: 'bottom', calcs: ['lastNotNull', 'max'] },
  tooltip: { mode: 'multi' },
}

/** From left to right; a panel that no longer fits begins the next row. */
function placed(panels: readonly Panel[]) {
  let [x, y] = [0, 0]
  return panels.map((panel) => {
    const width = panel.width ?? 8
    if (x + width > columns) [x, y] = [0, y + height]
    const place = { panel, x, y }
    x += width
    return place
  })
}
