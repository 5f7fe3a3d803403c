import { publishers, subscriptionsOf } from '@saucery/contracts/choreography'
import { lagOf } from '@saucery/messaging/consumer/lag'
import type { Broker } from '@saucery/messaging/nats/connection'

/**
 * The lag of every other service, as NATS tells it: whoever is down cannot report it.
 * (lag-of-others.int.test: "is seen by the dashboard, and by no other service")
 */
export const lagOfOthers = async (broker: Broker) =>
  (
    await Promise.all(
      publishers.map(async (service) => {
        const streams = subscriptionsOf(service).map(({ stream }) => stream)
        return (await lagOf(broker, streams, service)).map((lag) => ({ service, ...lag }))
      }),
    )
  ).flat()
