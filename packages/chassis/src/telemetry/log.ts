import type { Log } from '@saucery/messaging/log'
import { pino } from 'pino'
import pretty from 'pino-pretty'
import { errorFields } from './error-fields.ts'

export type { Log } from '@saucery/messaging/log'

/** Logs to standard output: as JSON lines, or readable. An error belongs in the field `error`; its causes come along. */
export function openLog(
  service: string,
  settings: { LOG_LEVEL: string; LOG_FORMAT: 'json' | 'pretty' },
): Log {
  const options = {
    base: { service },
    level: settings.LOG_LEVEL,
    serializers: { error: errorFields },
    formatters: { log: withOrderId },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
  }
  return settings.LOG_FORMAT === 'pretty'
    ? pino(options, pretty({ ignore: 'pid,hostname,service', errorLikeObjectKeys: ['error'], sync: true }))
    : pino(options)
}

/** What messaging calls the key of an event is here always an order's id. */
const withOrderId = ({ key, ...fields }: Record<string, unknown>) =>
  key === undefined ? fields : { orderId: key, ...fields }
