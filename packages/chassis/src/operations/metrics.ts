import { countUnhandled } from '@saucery/messaging/dead-letters/reader'
import { Gauge } from 'prom-client'
import { withTimeout } from '../async/timeout.ts'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { OperatedService } from './operations.ts'

/** How long a scrape waits for a number; what is not known by then is left out. */
const waitMs = 2000

/** Measures what an operator sees, whenever the metrics are read. */
export function measureOperations(metrics: Metrics, operated: OperatedService, log: Log): void {
  const { broker, handledAmong } = operated
  const measure = <T>(
    name: string,
    help: string,
    labelNames: string[],
    read: () => Promise<T>,
    show: (gauge: Gauge, value: T) => void,
  ) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers: [metrics],
      async collect() {
        // What was known before may be true no longer.
        if (labelNames.length > 0) this.reset()
        else this.remove()
        try {
          show(this, await withTimeout(waitMs, read()))
        } catch (error) {
          log.warn({ error, metric: name }, 'metric left out')
        }
      },
    })
  const lag = shared(() => whileConnected(operated.lag))
  measure('consumer_pending', 'Messages still to come', ['stream'], lag, (gauge, consumers) => {
    for (const { stream, pending } of consumers) gauge.set({ stream }, pending)
  })
  measure('consumer_ack_pending', 'Messages in hand', ['stream'], lag, (gauge, consumers) => {
    for (const { stream, ackPending } of consumers) gauge.set({ stream }, ackPending)
  })
  measure(
    'dead_letters_unhandled',
    'Messages that could not be handled, and were not since; of the newest 1,000',
    [],
    () => whileConnected(() => countUnhandled(broker, handledAmong)),
    (gauge, count) => gauge.set(count),
  )
  if (operated.backlog)
    measure(
      'outbox_unpublished',
      'Events that were committed, and are not on the stream',
      [],
      operated.backlog,
      (gauge, { unpublished }) => gauge.set(unpublished),
    )

  async function whileConnected<T>(ask: () => Promise<T>): Promise<T> {
    if (!broker.isConnected()) throw new Error('the broker cannot be reached')
    return ask()
  }
}

/** Asks once for all who want to know at the same time. */
function shared<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined
  return () => {
    asked ??= ask().finally(() => {
      asked = undefined
    })
    return asked
  }
}
