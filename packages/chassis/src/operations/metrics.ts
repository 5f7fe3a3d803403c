import { sharedResult } from '../async/shared-result.ts'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { gaugesReadBy, type Sample } from '../telemetry/read-gauge.ts'
import type { OperatedService } from './operated.ts'

/** Gauges of what an operator sees, read at each scrape. */
export function measureOperations(metrics: Metrics, service: OperatedService, log: Log): void {
  const { broker, backlog, publishing } = service
  const measure = gaugesReadBy(metrics, log)
  const whileConnected = async <T>(read: () => Promise<T>): Promise<T> => {
    if (!broker.isConnected()) throw new Error('NATS cannot be reached')
    return read()
  }
  // Gauges of the same scrape share one read.
  const lag = sharedResult(() => whileConnected(service.lag))
  const lagOf = (field: 'pending' | 'ackPending') => async () =>
    (await lag()).map((consumer): Sample => [{ stream: consumer.stream }, consumer[field]])
  const deadLetters = async (): Promise<Sample[]> => [[{}, await service.catalog.count({ state: 'open' })]]

  measure(
    'consumer_pending',
    'Messages of the stream that no replica has received yet',
    ['stream'],
    lagOf('pending'),
  )
  measure(
    'consumer_ack_pending',
    'Messages that a replica has received and not acknowledged yet',
    ['stream'],
    lagOf('ackPending'),
  )
  measure('dead_letters_unhandled', 'Open dead letters: neither handled since nor discarded', [], deadLetters)
  if (!backlog) return
  const outbox = sharedResult(backlog)
  measure('outbox_unpublished', 'Committed events that are not on the stream yet', [], async () => [
    [{}, (await outbox()).unpublished],
  ])
  measure(
    'outbox_oldest_seconds',
    'Age of the oldest event that is not on the stream yet, 0 without any; negative if it is from a clock that is ahead',
    [],
    async () => [[{}, (await outbox()).oldestMs / 1000]],
  )
  if (!publishing) return
  measure(
    'outbox_stalled',
    'Whether the broker stores nothing that this process publishes: 1 or 0',
    [],
    () => [[{}, Number(publishing() === 'stalled')]],
  )
}
