import type { Log } from '@saucery/chassis/telemetry/log'
import type { Metrics } from '@saucery/chassis/telemetry/metrics'
import type { Database } from '@saucery/messaging/postgres/database'
import { Gauge } from 'prom-client'
import { askedFor } from '../domain.ts'
import { unknownOutcomes } from './due.ts'

/** @returns counts the payments whose outcome is unknown, in metrics and in a line of the log */
export function measureUnknown(db: Database, metrics: Metrics, log: Log): () => Promise<void> {
  const gauge = (name: string, help: string) =>
    new Gauge({ name, help, labelNames: ['status'], registers: [metrics] })
  const unknown = gauge('payments_unknown', 'Payments whose outcome at the provider is unknown')
  const oldest = gauge(
    'payments_unknown_oldest_seconds',
    'For how long the provider has been asked for the oldest of them, 0 without any',
  )
  return async () => {
    // A number that cannot be read must not keep its last value.
    unknown.reset()
    oldest.reset()
    const found = await unknownOutcomes(db)
    for (const status of Object.keys(askedFor)) {
      unknown.set({ status }, 0)
      oldest.set({ status }, 0)
    }
    for (const { status, count, oldestSeconds, error } of found) {
      unknown.set({ status }, count)
      oldest.set({ status }, oldestSeconds)
      log.warn({ status, count, oldestSeconds, reason: error }, 'payments wait for the provider')
    }
  }
}
