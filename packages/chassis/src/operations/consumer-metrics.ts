import type { ConsumerObserver, Subscription } from '@saucery/messaging/consumer/consumer'
import { deadLetterReasons } from '@saucery/messaging/dead-letters/reason'
import { Counter, Histogram } from 'prom-client'
import type { Metrics } from '../telemetry/metrics.ts'

/**
 * Counts what the consumers do. Every series exists from the start: a counter that appears with its first event has no
 * increase that an alert could see.
 * @returns the observer that the consumers tell
 */
export function observeConsumers(
  metrics: Metrics,
  subscriptions: readonly Pick<Subscription, 'stream' | 'events'>[],
): ConsumerObserver {
  const registers = [metrics]
  const seconds = new Histogram({
    name: 'event_handler_duration_seconds',
    help: 'Time that the service’s own code took for one event, failed tries included',
    labelNames: ['event'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  const failures = new Counter({
    name: 'event_handler_failures_total',
    help: 'Tries that failed: by the handler itself (failed), or because a store was away or busy (unavailable)',
    labelNames: ['event', 'failure'],
    registers,
  })
  const deadLetters = new Counter({
    name: 'dead_letters_total',
    help: 'Messages that this process gave up and stored as dead letters, by the type of their event and the reason',
    labelNames: ['event', 'reason'],
    registers,
  })
  const redeliveries = new Counter({
    name: 'consumer_redeliveries_total',
    help: 'Deliveries to this process of a message that was delivered before',
    labelNames: ['stream'],
    registers,
  })
  for (const { stream } of subscriptions) redeliveries.inc({ stream }, 0)
  const names = subscriptions.flatMap(({ events }) => events.map(({ event }) => event))
  for (const event of names) {
    seconds.zero({ event })
    for (const failure of ['failed', 'unavailable']) failures.inc({ event, failure }, 0)
  }
  for (const event of [...names, 'unknown'])
    for (const reason of deadLetterReasons) deadLetters.inc({ event, reason }, 0)
  return {
    redelivered: (stream) => redeliveries.inc({ stream }),
    handled(event, took, failure) {
      seconds.observe({ event }, took)
      if (failure) failures.inc({ event, failure })
    },
    deadLettered: (event, reason) => deadLetters.inc({ event, reason }),
  }
}
