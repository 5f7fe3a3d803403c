import { Gauge } from 'prom-client'
import { sharedResult } from '../async/shared-result.ts'
import { withTimeout } from '../async/timeout.ts'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { OperatedService } from './operated.ts'

/** A scrape waits this long for a number, then leaves it out. */
const waitMs = 2000

type Sample = readonly [labels: Record<string, string>, value: number]

/** Gauges of what an operator sees, read at each scrape. */
export function measureOperations(metrics: Metrics, service: OperatedService, log: Log): void {
  const { broker, backlog } = service
  const measure = (name: string, help: string, labelNames: string[], read: () => Promise<Sample[]>) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers: [metrics],
      async collect() {
        // A number that cannot be read must not keep its last value.
        if (labelNames.length > 0) this.reset()
        else this.remove()
        try {
          for (const [labels, value] of await withTimeout(waitMs, read())) this.set(labels, value)
        } catch (error) {
          log.warn({ error, metric: name }, 'metric left out')
        }
      },
    })
  const whileConnected = async <T>(read: () => Promise<T>): Promise<T> => {
    if (!broker.isConnected()) throw new Error('NATS cannot be reached')
    return read()
  }
  // Gauges of the same scrape share one read.
  const lag = sharedResult(() => whileConnected(service.lag))
  const lagOf = (field: 'pending' | 'ackPending') => async () =>
    (await lag()).map((consumer): Sample => [{ stream: consumer.stream }, consumer[field]])
  const deadLetters = async (): Promise<Sample[]> => [[{}, await service.catalog.count({ state: 'open' })]]

  measure('consumer_pending', 'Messages not received yet', ['stream'], lagOf('pending'))
  measure('consumer_ack_pending', 'Messages not acknowledged yet', ['stream'], lagOf('ackPending'))
  measure('dead_letters_unhandled', 'Open dead letters: neither handled since nor discarded', [], deadLetters)
  if (!backlog) return
  const outbox = sharedResult(backlog)
  measure('outbox_unpublished', 'Committed events that are not on the stream yet', [], async () => [
    [{}, (await outbox()).unpublished],
  ])
  measure('outbox_oldest_seconds', 'The age of the oldest of them', [], async () => [
    [{}, (await outbox()).oldestMs / 1000],
  ])
}
