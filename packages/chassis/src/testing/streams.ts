import { type AnyFact, type Service, streams, subscriptionsOf } from '@saucery/contracts/choreography'
import type { Event } from '@saucery/messaging/events/event'
import { type Broker, connectBroker } from '@saucery/messaging/nats/connection'
import { ensureStream } from '@saucery/messaging/nats/streams'
import { eventually } from '@saucery/messaging/testing/eventually'
import { publishEvent } from '@saucery/messaging/testing/messages'
import { testNats } from '@saucery/servers/testing/servers'
import { v4 as uuidv4 } from 'uuid'
import { silentLog } from './log.ts'

/** A broker with every stream, and a connection of its own for the test to say things. */
export async function testBrokerWithStreams() {
  const nats = await testNats()
  const broker = await connectBroker({ url: nats.url, name: 'test', log: silentLog })
  for (const stream of streams) await ensureStream(broker.jsm, stream, 1)
  async function sayOne(event: Event<AnyFact>, times = 1): Promise<void> {
    const all = Array.from({ length: times }, () => publishEvent(broker, event, { messageId: uuidv4() }))
    await Promise.all(all)
  }
  return {
    url: nats.url,
    kill: nats.kill,
    restart: nats.restart,
    broker,
    /** Publishes the event so often; the broker's own deduplication sees none of it. */
    publish: sayOne,
    /** Publishes them at once; resolves with them when all are in their streams. */
    async publishAll<Events extends readonly Event<AnyFact>[]>(events: Events): Promise<Events> {
      await Promise.all(events.map((event) => sayOne(event)))
      return events
    },
    /** Resolves when the service has handled all that it reacts to. */
    consumedBy: (service: Service) => handled(broker, service),
    async [Symbol.asyncDispose]() {
      await broker.connection.close()
      await nats[Symbol.asyncDispose]()
    },
  }
}

function handled({ jsm }: Broker, service: Service): Promise<void> {
  return eventually(async () => {
    for (const { stream } of subscriptionsOf(service)) {
      const { num_pending, num_ack_pending } = await jsm.consumers.info(stream, service)
      if (num_pending + num_ack_pending > 0) throw new Error(`${service} is not done with ${stream}`)
    }
  })
}
