/** The variable of the dashboards chooses the services. */
export const ofService = 'job="saucery", service=~"$service"'
export const ofAll = 'job="saucery"'
export const inWindow = '[$__rate_interval]'
/** Without probes and scrapes. */
export const calls = `${ofService}, route!~"/livez|/readyz|/metrics"`

export const quantile = (share: number, name: string, labels: string, by: string) =>
  `histogram_quantile(${share}, sum by (le, ${by}) (rate(${name}_bucket{${labels}}${inWindow})))`
