import {
  BadSettings,
  commonSettings,
  participantSettings,
  readSettings,
} from '@saucery/chassis/settings/settings'
import { dashboardSettings } from '@saucery/dashboard/settings'
import { deliverySettings } from '@saucery/delivery/settings'
import { gatewaySettings } from '@saucery/gateway/settings'
import { orderSettings } from '@saucery/order/settings'
import { paymentSettings } from '@saucery/payment/settings'
import { z } from 'zod'
import { accessFromUrl } from '../access/nats-users.ts'
import { type EnvOptions, serviceEnv } from './service-env.ts'
import { serviceNames } from './service-ports.ts'

const schemas = {
  order: orderSettings,
  payment: paymentSettings,
  delivery: deliverySettings,
  dashboard: dashboardSettings,
  gateway: gatewaySettings,
}

/** What `start` itself reads, beside the ports and AUTH. */
const startSettings = z.object({
  LOG_FORMAT: commonSettings.shape.LOG_FORMAT,
  /** Whether orders' pages show traces. */
  TRACE_STORE: z.enum(['on', 'off']).optional(),
  POSTGRES_URL: participantSettings.shape.POSTGRES_URL.optional(),
  MONGODB_URL: dashboardSettings.shape.MONGODB_URL.optional(),
})

const anyPostgres = 'postgres://postgres'
/** In the place of what only the stores can tell. */
const stores = {
  databases: {
    orders: anyPostgres,
    payments: anyPostgres,
    deliveries: anyPostgres,
    dashboard: 'mongodb://mongodb/dashboard',
  },
  nats: accessFromUrl('nats://nats'),
}

/**
 * Reads the settings as each service will, before anything is started: a service that finds a wrong one at its own
 * start would only be started again and again.
 * @throws BadSettings with every wrong setting, each once
 */
export function checkSettings(options: Omit<EnvOptions, 'stores' | 'bundle'>): void {
  const given = { ...options, stores, bundle: { page: '.' } }
  const lines = [
    ...wrongIn(startSettings, options.env),
    ...wrongNatsUrl(options.env.NATS_URL),
    ...serviceNames.flatMap((name) => wrongIn(schemas[name], serviceEnv(name, given))),
  ]
  if (lines.length > 0) throw new BadSettings([...new Set(lines)])
}

function wrongIn(schema: z.ZodObject, env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readSettings(schema, env)
    return []
  } catch (error) {
    if (error instanceof BadSettings) return error.lines
    throw error
  }
}

function wrongNatsUrl(url: string | undefined): string[] {
  try {
    if (url) accessFromUrl(url)
    return []
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}
