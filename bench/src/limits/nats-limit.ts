import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { OrderPlaced } from '@saucery/contracts/order'
import { accessFromUrl } from '@saucery/local/access/nats-users'
import { ensureStream } from '@saucery/messaging/nats/streams'
import { findNatsCli } from '@saucery/servers/nats/find-nats-cli'
import { startNats } from '@saucery/servers/nats/start-nats'
import { runOrFail } from '@saucery/servers/process/run'
import type { JetStreamClient } from 'nats'
import { PUBLISH_WINDOW, publish } from '../load/events.ts'
import { benchOrder, inParallel } from '../load/load.ts'
import { perSecond } from '../report/statistics.ts'
import { withNats } from '../run/stores.ts'
import type { Running } from '../run/with-system.ts'

/**
 * The rate at which one process publishes to a stream with the services' settings. On a server of its own with the same
 * configuration, because the services' users may create no stream but their own.
 * @returns messages per second with the services' client and with `nats bench js pub async`, which is undefined without
 *   the nats command line and without Go to build it
 */
export async function natsLimit({ folder, say, signal }: Running, seconds: number) {
  const server = await startNats({ dataDir: join(folder, 'nats-alone') })
  const stream = { name: `BENCH_${process.pid}`, subjects: [`bench-${process.pid}.>`] }
  try {
    return await withNats(accessFromUrl(server.url), async (connection) => {
      const jsm = await connection.jetstreamManager()
      await ensureStream(jsm, stream, 1)
      const client = await publishFor(seconds, connection.jetstream(), signal)
      const cli = await findNatsCli({ print: say })
      const messages = Math.round(client * seconds)
      const natsBench = cli && (await runNatsBench(cli, server.url, stream.name, messages))
      await jsm.streams.delete(stream.name)
      return { client, natsBench: natsBench || undefined }
    })
  } finally {
    await server.stop()
  }
}

async function runNatsBench(cli: string, url: string, stream: string, messages: number): Promise<number> {
  const flags = [
    ['--msgs', String(messages)],
    ['--batch', String(PUBLISH_WINDOW)],
    ['--size', `${JSON.stringify(OrderPlaced.example).length}B`],
    ['--stream', stream],
    // A subject and an id for each message, as an event has.
    ['--multisubject', '--multisubjectmax', '0', '--dedup'],
    ['--no-progress', '--no-context', '--server', url],
  ].flat()
  const output = await runOrFail(cli, ['bench', 'js', 'pub', 'async', ...flags, `bench-${process.pid}`])
  const rate = /([\d,]+) msgs\/sec/.exec(output)?.[1]
  if (rate === undefined) throw new Error(`nats bench reported no messages per second:\n${output}`)
  return Number(rate.replaceAll(',', ''))
}

async function publishFor(seconds: number, js: JetStreamClient, signal: AbortSignal): Promise<number> {
  const startedAt = performance.now()
  const end = startedAt + seconds * 1000
  let published = 0
  await inParallel(PUBLISH_WINDOW, async () => {
    while (performance.now() < end) {
      signal.throwIfAborted()
      const orderId = randomUUID()
      const cause = { id: orderId, traceparent: '' }
      const placed = OrderPlaced({ orderId, ...benchOrder, amount: benchOrder.qty * benchOrder.price })
      await publish(js, placed, cause, { subject: `bench-${process.pid}.${orderId}` })
      published += 1
    }
  })
  return perSecond(published, performance.now() - startedAt)
}
