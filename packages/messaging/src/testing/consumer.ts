import type { ConsumerInfo } from 'nats'
import { type ConsumerOptions, openConsumers } from '../consumer/consumer.ts'
import type { ReceivedEvent } from '../events/event.ts'
import type { Broker } from '../nats/connection.ts'
import { deadLettersStream, ensureStream } from '../nats/streams.ts'
import { isDatabaseOutage } from '../postgres/database.ts'
import { Nudged, nudgesStream } from './counters.ts'
import { eventually } from './eventually.ts'
import { quietLog } from './log.ts'
import { messagesOf, type StoredMessage } from './messages.ts'

type Handle = (event: ReceivedEvent<Nudged>) => Promise<unknown>

/** Consumes nudges as the service that the broker is named after, until the end of the test. */
export async function consume(
  broker: Broker,
  handle: Handle,
  options: Partial<ConsumerOptions<Nudged>> = {},
) {
  await ensureStream(broker.jsm, nudgesStream, 1)
  const consumers = openConsumers({
    broker,
    subscriptions: [{ stream: nudgesStream.name, publisher: 'nudger', events: [Nudged] }],
    handle,
    isOutage: isDatabaseOutage,
    isUp: async () => {},
    replicas: 1,
    log: quietLog,
    ackWaitMs: 1000,
    ...options,
  })
  return { ...consumers, [Symbol.asyncDispose]: consumers.stop }
}

export const positionOf = ({ jsm, name }: Broker): Promise<ConsumerInfo> =>
  jsm.consumers.info(nudgesStream.name, name)

/** Resolves when this number of replicas waits for messages: from then on the broker delivers to them in turn. */
export const allWait = (broker: Broker, replicas: number): Promise<void> =>
  eventually(async () => {
    if ((await positionOf(broker)).num_waiting < replicas) throw new Error('a replica does not wait yet')
  })

/**
 * Resolves when every message of the stream was acknowledged or terminated. A server counts a message as pending only
 * some time after it has stored it.
 */
export const allAcknowledged = (broker: Broker): Promise<ConsumerInfo> =>
  eventually(async () => {
    const { state } = await broker.jsm.streams.info(nudgesStream.name)
    const position = await positionOf(broker)
    if (position.delivered.stream_seq < state.last_seq) throw new Error('the last message is not delivered')
    const { num_pending, num_ack_pending } = position
    if (num_pending + num_ack_pending > 0)
      throw new Error(`${num_pending} pending, ${num_ack_pending} in flight`)
    return position
  })

export const deadLettersIn = (broker: Broker): Promise<StoredMessage[]> =>
  messagesOf(broker, deadLettersStream.name)
