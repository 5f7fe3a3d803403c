import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { streams } from '@saucery/contracts/choreography'
import { projectionVersion } from '@saucery/contracts/projection-durables'
import { ensureStream } from '@saucery/messaging/nats/streams'
import { root } from '@saucery/servers/install/folders'
import { startMongodb } from '@saucery/servers/mongodb/start-mongodb'
import { startNats } from '@saucery/servers/nats/start-nats'
import { startChild } from '@saucery/servers/process/child'
import type { Server } from '@saucery/servers/process/server'
import { type Db, MongoClient } from 'mongodb'
import { connect } from 'nats'
import { cpuTimeOf } from '../measure/cpu.ts'
import { publishSagas } from './sagas.ts'

export interface Rebuilt {
  readonly events: number
  /** From the beginning of the build until it is ready to be read. */
  readonly ms: number
  /** Undefined where there is no /proc. */
  readonly dashboardCpuMs: number | undefined
  readonly storeCpuMs: number | undefined
}

type Say = (text: string) => void

/** Builds the read model from a quarter, a half and all of the events, each time into a database of its own. */
export async function rebuildExperiment(folder: string, events: number, say: Say, signal: AbortSignal) {
  // Servers of its own, in any case: it fills streams and makes databases.
  const { NATS_URL: _, MONGODB_URL: __, ...env } = process.env
  const servers: Server[] = []
  const nats = await startNats({ dataDir: join(folder, 'nats'), env })
  servers.push(nats)
  try {
    const mongodb = await startMongodb({ dataDir: join(folder, 'mongodb'), env })
    servers.push(mongodb)
    const connection = await connect({ servers: nats.url, noAsyncTraces: true })
    const jsm = await connection.jetstreamManager()
    for (const stream of streams) await ensureStream(jsm, stream, 1)
    const results: Rebuilt[] = []
    let published = 0
    for (const wanted of [events / 4, events / 2, events]) {
      await publishSagas(connection.jetstream(), (wanted - published) / 4, say, signal)
      published = wanted
      results.push(await rebuild({ nats, mongodb }, wanted, say, signal))
    }
    await connection.close()
    return { stores: [nats.what, mongodb.what], results }
  } finally {
    // The data goes too: nothing is gained by a shutdown that saves it first.
    for (const server of servers) await server.kill()
  }
}

async function rebuild(
  { nats, mongodb }: { nats: Server; mongodb: Server },
  events: number,
  say: Say,
  signal: AbortSignal,
): Promise<Rebuilt> {
  const url = new URL(mongodb.url)
  url.pathname = `rebuild_${events}`
  const client = new MongoClient(url.href)
  const storeBefore = cpuTimeOf(mongodb.pid)
  const child = startChild({
    file: process.execPath,
    args: ['--import', 'tsx', 'packages/dashboard/src/main.ts'],
    cwd: root,
    env: {
      ...process.env,
      AUTH: 'off',
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'error',
      LOG_FORMAT: 'json',
      NATS_URL: nats.url,
      MONGODB_URL: url.href,
    },
    stopWithinMs: 15_000,
    output: say,
  })
  try {
    const ms = await untilReady(client.db(), events, say, signal)
    const storeAfter = cpuTimeOf(mongodb.pid)
    return {
      events,
      ms,
      dashboardCpuMs: cpuTimeOf(child.pid),
      storeCpuMs:
        storeBefore === undefined || storeAfter === undefined ? undefined : storeAfter - storeBefore,
    }
  } finally {
    await child.stop()
    await client.close()
  }
}

async function untilReady(db: Db, events: number, say: Say, signal: AbortSignal): Promise<number> {
  const projections = db.collection<{ _id: number; begunAt: Date; readyAt?: Date }>('projections')
  for (let sayAt = Date.now() + 5000; ; ) {
    const projection = await projections.findOne({ _id: projectionVersion })
    if (projection?.readyAt) {
      const documents = await db.collection(`orders_v${projectionVersion}`).countDocuments()
      if (documents !== events / 4) throw new Error(`${documents} documents of ${events / 4} orders`)
      return projection.readyAt.getTime() - projection.begunAt.getTime()
    }
    if (Date.now() > sayAt) {
      sayAt = Date.now() + 5000
      const documents = await db.collection(`orders_v${projectionVersion}`).estimatedDocumentCount()
      say(`${documents.toLocaleString('en')} of ${(events / 4).toLocaleString('en')} orders have a document`)
    }
    await delay(200, undefined, { signal })
  }
}
