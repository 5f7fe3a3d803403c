import type { Log } from '@saucery/chassis/telemetry/log'
import type { Metrics } from '@saucery/chassis/telemetry/metrics'
import type { Database } from '@saucery/messaging/postgres/database'
import { Gauge } from 'prom-client'
import { unknownOutcomes } from './due.ts'

/** @returns counts the payments whose outcome is unknown, in metrics and in a line of the log */
export function measureUnknown(db: Database, metrics: Metrics, log: Log): () => Promise<void> {
  const gauge = (name: string, help: string) =>
    new Gauge({ name, help, labelNames: ['status'], registers: [metrics] })
  const unknown = gauge('payments_unknown', 'Payments whose outcome at the provider is unknown')
  const oldest = gauge(
    'payments_unknown_oldest_seconds',
    'For how long the provider is asked for the oldest of them',
  )
  return async () => {
    // A number that cannot be read must not keep its last value.
    unknown.reset()
    oldest.reset()
    for (const { status, count, oldestSeconds, error } of await unknownOutcomes(db)) {
      unknown.set({ status }, count)
      oldest.set({ status }, oldestSeconds)
      log.warn({ status, count, oldestSeconds, reason: error }, 'payments wait for the provider')
    }
  }
}
