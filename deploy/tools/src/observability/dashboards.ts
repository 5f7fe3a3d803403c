import { root } from '@saucery/servers/install/folders'
import { capacityDashboard } from './capacity.ts'
import { sagaDashboard } from './saga.ts'
import { servicesDashboard } from './services.ts'
import { storesDashboard } from './stores.ts'

/** By the name of their file in deploy/observability/dashboards. */
export const dashboards = {
  services: servicesDashboard,
  saga: sagaDashboard,
  stores: storesDashboard,
  capacity: capacityDashboard,
} as const

export const dashboardFile = (name: string) => `${root}deploy/observability/dashboards/${name}.json`
