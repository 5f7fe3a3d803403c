import { type AnyFact, type Service, streams, subscriptionsOf } from '@saucery/contracts/choreography'
import type { Event } from '@saucery/messaging/events/event'
import { type Broker, connectBroker } from '@saucery/messaging/nats/connection'
import { ensureStream } from '@saucery/messaging/nats/streams'
import { eventually } from '@saucery/messaging/testing/eventually'
import { testKeys } from '@saucery/messaging/testing/keys'
import { publishEvent } from '@saucery/messaging/testing/messages'
import { testNats } from '@saucery/servers/testing/servers'
import { v4 as uuidv4 } from 'uuid'
import { silentLog } from './log.ts'

/**
 * A NATS server with every stream, and a connection for the test to publish with.
 * @param options `version`: exactly this one
 */
export async function testBrokerWithStreams(options: { version?: string } = {}) {
  const nats = await testNats(options)
  const broker = await connectBroker({ url: nats.url, name: 'test', keys: testKeys, log: silentLog })
  for (const stream of streams) await ensureStream(broker.jsm, stream, 1)
  async function publish(event: Event<AnyFact>, times = 1): Promise<void> {
    const all = Array.from({ length: times }, () => publishEvent(broker, event, { messageId: uuidv4() }))
    await Promise.all(all)
  }
  return {
    url: nats.url,
    kill: nats.kill,
    restart: nats.restart,
    broker,
    /** Publishes the event `times` times, each under another message id: JetStream's deduplication lets all through. */
    publish,
    /** Publishes the events at once; resolves with them when all are in their streams. */
    async publishAll<Events extends readonly Event<AnyFact>[]>(events: Events): Promise<Events> {
      await Promise.all(events.map((event) => publish(event)))
      return events
    },
    /** Resolves when the service has handled every message that it consumes. */
    consumedBy: (service: Service) => allConsumed(broker, service),
    async [Symbol.asyncDispose]() {
      await broker.connection.close()
      await nats[Symbol.asyncDispose]()
    },
  }
}

function allConsumed({ jsm }: Broker, service: Service): Promise<void> {
  return eventually(async () => {
    for (const { stream } of subscriptionsOf(service)) {
      const { num_pending, num_ack_pending } = await jsm.consumers.info(stream, service)
      if (num_pending + num_ack_pending > 0) throw new Error(`${service} is not done with ${stream}`)
    }
  })
}
