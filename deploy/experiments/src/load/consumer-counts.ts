// Runs in the pod of a service, with its login: prints what its consumers have delivered, as one line of JSON.
import { type Service, subscriptionsOf } from '@saucery/contracts/choreography'
import { durableOf, projectionVersion } from '@saucery/contracts/projection-durables'
import { connectOnce } from '@saucery/messaging/nats/connection'
import { deadLettersStream } from '@saucery/messaging/nats/streams'

export type ConsumerCounts = typeof counts

const { NATS_URL: url = '', NATS_USER: name = '', NATS_PASSWORD: password, NATS_CA_FILE: ca } = process.env
const connection = await connectOnce({ url, name, user: name, password, tls: { ca } })
const jsm = await connection.jetstreamManager({ checkAPI: false })
const durable = name === 'dashboard' ? durableOf(projectionVersion) : name

const counts = {
  /** Deliveries since the consumers were created, repeated ones included. */
  delivered: 0,
  /** Messages that the streams have for them. */
  messages: 0,
  /** Messages not received yet, or not acknowledged. */
  open: 0,
  deadLetters: (await jsm.streams.info(deadLettersStream.name)).state.messages,
}
for (const { stream, events } of subscriptionsOf(name as Service)) {
  const { delivered, num_pending, num_ack_pending } = await jsm.consumers.info(stream, durable)
  const { subjects = {} } = (await jsm.streams.info(stream, { subjects_filter: '>' })).state
  const wanted = Object.entries(subjects).filter(([subject]) =>
    events.some((event) => subject.startsWith(`${event.subject}.`)),
  )
  counts.delivered += delivered.consumer_seq
  counts.messages += wanted.reduce((sum, [, count]) => sum + count, 0)
  counts.open += num_pending + num_ack_pending
}
await connection.close()
process.stdout.write(`${JSON.stringify(counts)}\n`)
