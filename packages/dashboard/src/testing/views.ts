import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { allowEveryone } from '@saucery/chassis/testing/caller-tokens'
import { quietLog } from '@saucery/chassis/testing/log'
import { type AnyFact, events } from '@saucery/contracts/choreography'
import { projectionVersion } from '@saucery/contracts/projection-durables'
import { MongoClient } from 'mongodb'
import { v7 as uuidv7 } from 'uuid'
import { type DashboardApi, dashboardApi } from '../http/app.ts'
import { openEventWaiter } from '../http/event-waiter.ts'
import type { Feed } from '../live/feed.ts'
import type { ViewStore } from '../store/view-store.ts'
import type { Addition } from '../store/view-writer.ts'
import { entryOf, mergeTimeline, type OrderView, type TimelineEntry, viewOf } from '../view/order-view.ts'

/** The facts of the given names about an order, as the examples tell them; of all eleven without names. */
export function factsAbout(orderId: string, names: readonly AnyFact['name'][] = allNames): AnyFact[] {
  return names.map((name) => {
    const type = events.find(({ event }) => event === name)
    return type?.({ ...type.example, orderId } as never) as AnyFact
  })
}

/** All apart from one another, and short. */
export const deadlines = { OVERDUE_AFTER_MS: 1000, PAYMENT_DEADLINE_MS: 2000, DELIVERY_DEADLINE_MS: 3000 }

/** For what nobody listens to. */
const noFeed: Feed = { listen: () => 'too-many-listeners', stop: async () => {} }

/** The calls on a read model, without a process around them. */
export const apiOn = (views: ViewStore, requireCaller: DashboardApi['requireCaller'] = allowEveryone) =>
  dashboardApi({
    views,
    arrivals: openEventWaiter({ views, log: quietLog }),
    feed: noFeed,
    deadlines,
    requireCaller,
    log: quietLog,
  })

export const allNames = events.map(({ event }) => event)

/** Entries of the given names, each said once, one after another. */
export function story(orderId: string, names?: readonly AnyFact['name'][]): TimelineEntry[] {
  return factsAbout(orderId, names).map((fact, i) =>
    entryOf({
      ...fact,
      id: uuidv7(),
      time: new Date(Date.UTC(2026, 0, 1) + i).toISOString(),
      causationId: 'a-test',
      traceparent: '',
      stream: String(fact.subject.split('.')[0]).toUpperCase(),
      sequence: i + 10,
    }),
  )
}

/** All of an order's events. */
export const additionsFor = (orderId: string): Addition[] =>
  story(orderId).map((entry) => ({ orderId, entry }))

/** Which server a test ran on: SecantusDB calls itself the MongoDB that it stands in for. */
export async function serverBehind(url: string): Promise<string> {
  const client = new MongoClient(url)
  const { version, secantusVersion } = await client.db().command({ buildInfo: 1 })
  await client.close()
  return secantusVersion ? `SecantusDB ${secantusVersion}` : `MongoDB ${version}`
}

/** What the view must be, whatever way the additions came. */
export const expected = (orderId: string, additions: readonly Addition[]): OrderView => ({
  ...viewOf(
    orderId,
    mergeTimeline(
      [],
      additions.filter((it) => it.orderId === orderId).map(({ entry }) => entry),
    ),
  ),
  projection: projectionVersion,
})

/**
 * Stands before a MongoDB, and cuts the connection once, when a command such as `insert` comes: before the server
 * sees it, or after the server has answered.
 */
export async function cuttingProxy(url: string, command: string, cuts: 'request' | 'answer') {
  const target = new URL(url)
  const word = Buffer.from(`\u0002${command}\0`)
  const sockets = new Set<Socket>()
  let done = false
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
    const cut = () => {
      client.destroy()
      upstream.destroy()
    }
    let cutting = false
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', cut).on('close', cut)
    }
    client.on('data', (chunk) => {
      cutting = !done && chunk.includes(word)
      done ||= cutting
      if (cutting && cuts === 'request') cut()
      else upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      if (cutting) cut()
      else client.write(chunk)
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const through = new URL(url)
  through.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  through.searchParams.set('directConnection', 'true')
  return {
    url: through.href,
    hasCut: () => done,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await once(server.close(), 'close')
    },
  }
}
