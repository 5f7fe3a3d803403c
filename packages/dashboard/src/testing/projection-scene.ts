import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { serve } from '@saucery/chassis/http/server'
import { httpSettings } from '@saucery/chassis/settings/settings'
import { stamped } from '@saucery/chassis/testing/events'
import { silentLog } from '@saucery/chassis/testing/log'
import { testBrokerWithStreams } from '@saucery/chassis/testing/streams'
import { subscriptionsOf } from '@saucery/contracts/choreography'
import { durableOf } from '@saucery/contracts/projection-durables'
import { eventually } from '@saucery/messaging/testing/eventually'
import { testMongo } from '@saucery/servers/testing/servers'
import { MongoClient } from 'mongodb'
import { v7 as uuidv7 } from 'uuid'
import { collectionOf, type ProjectionRecord } from '../store/projection-registry.ts'
import type { ViewStore } from '../store/view-store.ts'
import { apiOn } from './api.ts'
import { openBuilding } from './projection.ts'
import { factsAbout } from './stories.ts'

/** Streams with all events of so many orders, for scenes that share them. */
export async function projectionStreams(orders: number) {
  const nats = await testBrokerWithStreams()
  const server = await testMongo()
  const orderIds: string[] = []
  let scenes = 0

  async function publishOrders(count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, () => uuidv7())
    // With more at once, a busy machine acknowledges some too late.
    for (let i = 0; i < ids.length; i += 50) {
      const facts = ids.slice(i, i + 50).flatMap((orderId) => factsAbout(orderId))
      await nats.publishAll(facts.map(stamped))
    }
    orderIds.push(...ids)
    return ids
  }

  async function removeConsumersOf(version: number): Promise<void> {
    for (const { stream } of subscriptionsOf('dashboard'))
      await nats.broker.jsm.consumers.delete(stream, durableOf(version)).catch(() => {})
  }

  await publishOrders(orders)
  return {
    broker: nats.broker,
    orderIds,
    publishOrders,
    removeConsumersOf,
    async scene() {
      // The scenes share the streams, and with them the names of the consumers.
      for (const version of [1, 2, 3]) await removeConsumersOf(version)
      const url = new URL(server.url)
      url.pathname = `${server.database}_${++scenes}`
      return openScene(nats.url, url.href, orderIds)
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await nats[Symbol.asyncDispose]()
    },
  }
}

/** A database of the test's own, and processes on it that stop with the test. */
function openScene(nats: string, mongo: string, orderIds: readonly string[]) {
  const client = new MongoClient(mongo)
  const db = client.db()
  const processes: { stop(): Promise<void> }[] = []
  const servers: { close(): Promise<void> }[] = []
  const stateOf = async (version: number) =>
    (await db.collection<ProjectionRecord>('projections').findOne({ _id: version }))?.state
  return {
    mongo,
    db,
    stateOf,
    countOf: (version: number) => db.collection(collectionOf(version)).countDocuments(),
    untilReady: (version: number) =>
      eventually(async () => assert.equal(await stateOf(version), 'ready'), 60_000),
    /** Every order has all of its events, and there is nothing else. */
    async assertComplete(version: number): Promise<void> {
      const documents = await db.collection(collectionOf(version)).find().toArray()
      assert.deepEqual(new Set(documents.map(({ _id }) => String(_id))), new Set(orderIds))
      for (const { timeline, projection } of documents) {
        assert.equal(timeline.length, 11)
        assert.equal(projection, version)
      }
    },
    async start(version: number, options: object = {}) {
      const process = await openBuilding({ nats, mongo, version, ...options })
      processes.push(process)
      return process
    },
    startProcess: (version: number) => startProcess(nats, mongo, version),
    /** @returns the URL of an API on these views */
    async open(views: ViewStore): Promise<string> {
      const http = await serve(apiOn(views), httpSettings.parse({ HOST: '127.0.0.1', PORT: 0 }), silentLog)
      servers.push(http)
      return `http://127.0.0.1:${http.port}/orderDashboards`
    },
    async [Symbol.asyncDispose]() {
      for (const http of servers) await http.close()
      for (const process of processes) await process.stop()
      await db.dropDatabase()
      await client.close()
    },
  }
}

/** A process that a test can kill. */
function startProcess(nats: string, mongo: string, version: number) {
  const file = fileURLToPath(new URL('builder-process.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', file], {
    env: { ...process.env, NATS_URL: nats, MONGODB_URL: mongo, VERSION: String(version) },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const exited = once(child, 'exit')
  return {
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** Holds events up until the test opens the gate, or ends. */
export function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open(), [Symbol.dispose]: () => open() }
}
