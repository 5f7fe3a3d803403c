import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { OrderPlaced } from '@saucery/contracts/order'
import { accessFromUrl } from '@saucery/local/access/nats-users'
import { toHeaders } from '@saucery/messaging/events/cloud-events'
import { stamp } from '@saucery/messaging/events/event'
import { ensureStream } from '@saucery/messaging/nats/streams'
import { findNatsCli } from '@saucery/servers/nats/find-nats-cli'
import { startNats } from '@saucery/servers/nats/start-nats'
import { runOrFail } from '@saucery/servers/process/run'
import { connect, type JetStreamClient } from 'nats'
import { perSecond } from '../report/statistics.ts'

/** Publishes under way at once. */
const WINDOW = 512

/** Messages per second. */
export interface NatsLimit {
  /** With the services' client. */
  readonly client: number
  /** `nats bench js pub async`; undefined without the nats command line and without Go to build it. */
  readonly natsBench: number | undefined
}

/**
 * What one process publishes to a stream with the services' settings, on a server with the same configuration: the
 * services' users may make no stream but their own.
 */
export async function natsLimit(
  folder: string,
  seconds: number,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<NatsLimit> {
  const server = await startNats({ dataDir: join(folder, 'nats-alone') })
  const { url, users } = accessFromUrl(server.url)
  const { user, password } = users.provisioner
  const login = user === undefined ? {} : { user, pass: password ?? '' }
  const stream = { name: `BENCH_${process.pid}`, subjects: [`bench-${process.pid}.>`] }
  try {
    const connection = await connect({ servers: url.split(','), ...login, noAsyncTraces: true })
    try {
      const jsm = await connection.jetstreamManager()
      await ensureStream(jsm, stream, 1)
      const client = await publishFor(seconds, connection.jetstream(), `bench-${process.pid}`, signal)
      const cli = await findNatsCli({ print: say })
      const natsBench =
        cli && (await runNatsBench(cli, server.url, stream.name, Math.round(client * seconds)))
      await jsm.streams.delete(stream.name)
      return { client, natsBench: natsBench || undefined }
    } finally {
      await connection.close()
    }
  } finally {
    await server.stop()
  }
}

const example = JSON.stringify(OrderPlaced.example).length

async function runNatsBench(cli: string, url: string, stream: string, messages: number): Promise<number> {
  const flags = [
    ['--msgs', String(messages)],
    ['--batch', String(WINDOW)],
    ['--size', `${example}B`],
    ['--stream', stream],
    // A subject and an id for each message, as an event has.
    ['--multisubject', '--multisubjectmax', '0', '--dedup'],
    ['--no-progress', '--no-context', '--server', url],
  ].flat()
  const said = await runOrFail(cli, ['bench', 'js', 'pub', 'async', ...flags, `bench-${process.pid}`])
  const rate = /([\d,]+) msgs\/sec/.exec(said)?.[1]
  if (rate === undefined) throw new Error(`nats bench said nothing of messages per second:\n${said}`)
  return Number(rate.replaceAll(',', ''))
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
      const event = stamp(fact, { id: orderId, traceparent: '' }, new Date())
      const data = encoder.encode(JSON.stringify(event.data))
      await js.publish(`${subject}.${orderId}`, data, { msgID: event.id, headers: toHeaders(event, 'bench') })
      published += 1
    }
  }
  await Promise.all(Array.from({ length: WINDOW }, publishInTurn))
  return perSecond(published, performance.now() - began)
}
