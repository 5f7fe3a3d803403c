import { join } from 'node:path'
import { streams } from '@saucery/contracts/choreography'
import { projectionVersion } from '@saucery/contracts/projection-durables'
import { eventKeyEnv } from '@saucery/local/access/event-keys'
import { accessFromUrl } from '@saucery/local/access/nats-users'
import { ensureStream } from '@saucery/messaging/nats/streams'
import { root } from '@saucery/servers/install/folders'
import { startMongodb } from '@saucery/servers/mongodb/start-mongodb'
import { startNats } from '@saucery/servers/nats/start-nats'
import { startChild } from '@saucery/servers/process/child'
import type { Server } from '@saucery/servers/process/server'
import { type Db, MongoClient } from 'mongodb'
import { waitFor } from '../load/poll.ts'
import { cpuTimeOf } from '../measure/cpu.ts'
import type { BenchContext } from '../run/run-bench.ts'
import { withNats } from '../run/stores.ts'
import { publishSagas } from './sagas.ts'

export type Rebuild = Awaited<ReturnType<typeof measureRebuild>>

/** Builds the read model from a quarter, a half and all of the events, each time in a database of its own. */
export async function measureRebuilds(folder: string, events: number, context: BenchContext) {
  // Always servers of its own: it fills streams and creates databases.
  const { NATS_URL: _, MONGODB_URL: __, ...env } = process.env
  const started: Server[] = []
  try {
    const nats = await startNats({ dataDir: join(folder, 'nats'), env })
    started.push(nats)
    const mongodb = await startMongodb({ dataDir: join(folder, 'mongodb'), env })
    started.push(mongodb)
    return await withNats(accessFromUrl(nats.url), async (connection) => {
      const jsm = await connection.jetstreamManager()
      for (const stream of streams) await ensureStream(jsm, stream, 1)
      const rebuilds: Rebuild[] = []
      let published = 0
      for (const wanted of [events / 4, events / 2, events]) {
        await publishSagas(connection.jetstream(), folder, (wanted - published) / 4, context)
        published = wanted
        rebuilds.push(await measureRebuild(folder, nats, mongodb, wanted, context))
      }
      return { stores: [nats.what, mongodb.what], rebuilds }
    })
  } finally {
    // The data is removed too, so nothing is gained by a shutdown that saves it first.
    for (const server of started) await server.kill()
  }
}

/** `ms` is from the beginning of the build until it is ready to be read. The CPU times are NaN without /proc. */
async function measureRebuild(
  folder: string,
  nats: Server,
  mongodb: Server,
  events: number,
  context: BenchContext,
) {
  const url = new URL(mongodb.url)
  url.pathname = `rebuild_${events}`
  const client = new MongoClient(url.href)
  const storeBefore = cpuTimeOf(mongodb.pid)
  const dashboard = startDashboard(
    { NATS_URL: nats.url, MONGODB_URL: url.href, ...eventKeyEnv(folder, 'dashboard') },
    context.say,
  )
  try {
    const ms = await untilReady(client.db(), events / 4, context)
    const storeCpuMs = cpuTimeOf(mongodb.pid) - storeBefore
    return { events, ms, dashboardCpuMs: cpuTimeOf(dashboard.pid), storeCpuMs }
  } finally {
    await dashboard.stop()
    await client.close()
  }
}

function startDashboard(urls: NodeJS.ProcessEnv, onLine: (line: string) => void) {
  const settings = {
    AUTH: 'off',
    HOST: '127.0.0.1',
    PORT: '0',
    MANAGEMENT_PORT: '0',
    LOG_LEVEL: 'error',
    LOG_FORMAT: 'json',
  }
  return startChild({
    file: process.execPath,
    args: ['--import', 'tsx', 'packages/dashboard/src/main.ts'],
    cwd: root,
    env: { ...process.env, ...settings, ...urls },
    stopWithinMs: 15_000,
    output: onLine,
  })
}

/** Waits until the projection is ready. Returns how long its build took, in ms. */
function untilReady(db: Db, orders: number, { say, signal }: BenchContext): Promise<number> {
  const projections = db.collection<{ _id: number; begunAt: Date; readyAt?: Date }>('projections')
  const documents = db.collection(`orders_v${projectionVersion}`)
  let reportAt = Date.now() + 5000
  const buildTime = async () => {
    const projection = await projections.findOne({ _id: projectionVersion })
    if (projection?.readyAt) {
      const found = await documents.countDocuments()
      if (found !== orders) throw new Error(`${found} documents of ${orders} orders`)
      return projection.readyAt.getTime() - projection.begunAt.getTime()
    }
    if (Date.now() > reportAt) {
      reportAt = Date.now() + 5000
      const found = (await documents.estimatedDocumentCount()).toLocaleString('en')
      say(`${found} of ${orders.toLocaleString('en')} orders have a document`)
    }
    return undefined
  }
  return waitFor('the read model', buildTime, { everyMs: 200, withinMs: Number.POSITIVE_INFINITY, signal })
}
