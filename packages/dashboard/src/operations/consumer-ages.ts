import { sharedResult } from '@saucery/chassis/async/shared-result'
import type { Log } from '@saucery/chassis/telemetry/log'
import type { Metrics } from '@saucery/chassis/telemetry/metrics'
import { gaugesReadBy, type Sample } from '@saucery/chassis/telemetry/read-gauge'
import { publishers, streams, subscriptionsOf } from '@saucery/contracts/choreography'
import { durableOf } from '@saucery/contracts/projection-durables'
import { oldestUnhandled } from '@saucery/messaging/consumer/oldest-unhandled'
import type { Broker } from '@saucery/messaging/nats/connection'

/**
 * Measures, for every service, how long the oldest event waits for it. The dashboard alone sees this of all, also of a
 * service that is down. Ages are by the clock of this process, and never clamped: one that is behind the broker's makes
 * them negative.
 * (lag-of-others.int.test: "is so old as the first event that waits for it")
 */
export function measureConsumerAges(metrics: Metrics, broker: Broker, version: number, log: Log): void {
  const measure = gaugesReadBy(metrics, log)
  const ages = sharedResult(() => agesOf(broker))
  const help =
    'Age of the oldest event that the service has not handled yet, 0 without any; also of a service that is down'
  measure('consumer_oldest_seconds', help, ['consumer', 'stream'], ages)
  measure('projection_lag_seconds', lagHelp, ['version'], async () => {
    const own = await Promise.all(streams.map(({ name }) => ageOf(broker, name, durableOf(version))))
    return [[{ version: String(version) }, Math.max(...own)]]
  })
}

const lagHelp = 'Age of the oldest event that is not in the documents of this version yet, 0 without any'

async function agesOf(broker: Broker): Promise<Sample[]> {
  const consumers = publishers.flatMap((consumer) =>
    subscriptionsOf(consumer).map(({ stream }) => ({ consumer, stream })),
  )
  return Promise.all(
    consumers.map(
      async (labels): Promise<Sample> => [labels, await ageOf(broker, labels.stream, labels.consumer)],
    ),
  )
}

async function ageOf(broker: Broker, stream: string, durable: string): Promise<number> {
  if (!broker.isConnected()) throw new Error('NATS cannot be reached')
  const since = await oldestUnhandled(broker, stream, durable)
  return since === undefined ? 0 : (Date.now() - since) / 1000
}
