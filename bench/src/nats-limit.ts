import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { OrderPlaced } from '@saucery/contracts/order'
import { findNats } from '@saucery/local/find-nats'
import { toolsFolder } from '@saucery/local/folders'
import { startNats } from '@saucery/local/nats'
import { sharedAccess } from '@saucery/local/nats-users'
import { record } from '@saucery/messaging/event'
import { headersOf } from '@saucery/messaging/message'
import { ensureStream } from '@saucery/messaging/streams'
import { connect, type JetStreamClient } from 'nats'
import { perSecond } from './statistics.ts'

/** Publishes under way at once. */
const WINDOW = 512

/**
 * Events per second that one process publishes to a stream with the services' settings, on a server with the same
 * configuration: the services' users may make no stream but their own.
 */
export async function natsLimit(folder: string, seconds: number, signal: AbortSignal): Promise<number> {
  const choice = await findNats({ tools: toolsFolder, say: () => {} })
  const server = await startNats(choice, { dataDir: join(folder, 'nats-alone') })
  const { url, users } = sharedAccess(server.url)
  const { user, password } = users.provisioner
  const login = user === undefined ? {} : { user, pass: password ?? '' }
  const stream = { name: `BENCH_${process.pid}`, subjects: [`bench-${process.pid}.>`] }
  try {
    const connection = await connect({ servers: url.split(','), ...login, noAsyncTraces: true })
    try {
      const jsm = await connection.jetstreamManager()
      await ensureStream(jsm, stream, 1)
      const rate = await publishFor(seconds, connection.jetstream(), `bench-${process.pid}`, signal)
      await jsm.streams.delete(stream.name)
      return rate
    } finally {
      await connection.close()
    }
  } finally {
    await server.stop()
  }
}

async function publishFor(seconds: number, js: JetStreamClient, subject: string, signal: AbortSignal) {
  const encoder = new TextEncoder()
  const began = performance.now()
  const until = began + seconds * 1000
  let published = 0
  async function publishInTurn(): Promise<void> {
    while (performance.now() < until) {
      signal.throwIfAborted()
      const orderId = randomUUID()
      const fact = OrderPlaced({
        orderId,
        branchId: '1',
        sauceId: '1',
        qty: 10,
        price: 10_000,
        amount: 100_000,
      })
      const event = record(fact, { id: orderId, traceparent: '' }, new Date())
      const data = encoder.encode(JSON.stringify(event.data))
      await js.publish(`${subject}.${orderId}`, data, { msgID: event.id, headers: headersOf(event, 'bench') })
      published += 1
    }
  }
  await Promise.all(Array.from({ length: WINDOW }, publishInTurn))
  return perSecond(published, performance.now() - began)
}
