import assert from 'node:assert/strict'
import {
  consumingServices,
  events,
  type Service,
  streams,
  subscriptionsOf,
} from '@saucery/contracts/choreography'
import { openViews, type ViewStore } from '@saucery/dashboard/store/view-store'
import type { System } from '@saucery/local/system/system'
import { keyOf } from '@saucery/messaging/events/event'
import { connectBroker } from '@saucery/messaging/nats/connection'
import { type Database, openDatabase } from '@saucery/messaging/postgres/database'
import { quietLog } from '@saucery/messaging/testing/log'
import type { Rows } from '../model/violations.ts'

export type Observer = Awaited<ReturnType<typeof observe>>
export type ConsumerStates = Awaited<ReturnType<Observer['consumers']>>

/** Looks into the four databases and the streams directly, past the services. */
export async function observe({ databases, nats }: Pick<System, 'databases' | 'nats'>) {
  const open = (url: string) => openDatabase(url, 'observer', { connections: 1 })
  const pools = [open(databases.orders), open(databases.payments), open(databases.deliveries)] as const
  const [orders, payments, deliveries] = pools.map(({ db }) => db) as [Database, Database, Database]
  const views = openViews(databases.dashboard)
  const connect = (name: keyof typeof nats.users) =>
    connectBroker({ url: nats.url, name, ...nats.users[name], log: quietLog })
  const provisioner = await connect('provisioner')
  const services = await Promise.all(consumingServices.map(connect))

  const unpublished = async () => {
    const counts = await Promise.all([orders, payments, deliveries].map(countUnpublished))
    return counts.reduce((sum, count) => sum + count, 0)
  }

  async function isIdle({ name, jsm }: (typeof services)[number]): Promise<boolean> {
    for (const { stream } of subscriptionsOf(name as Parameters<typeof subscriptionsOf>[0])) {
      const { num_pending, num_ack_pending } = await jsm.consumers.info(stream, name)
      if (num_pending + num_ack_pending > 0) return false
    }
    return true
  }

  const subjectsOf = async (stream: string) =>
    (await provisioner.jsm.streams.info(stream, { subjects_filter: '>' })).state.subjects ?? {}

  const lastSequence = async (stream: string) => (await provisioner.jsm.streams.info(stream)).state.last_seq

  /** How many messages each subject has. */
  const subjects = async (): Promise<Record<string, number>> =>
    Object.assign({}, ...(await Promise.all(streams.map(({ name }) => subjectsOf(name)))))

  return {
    async rows(accepted: readonly string[]): Promise<Rows> {
      return {
        accepted,
        orders: await select(orders, 'select id as "orderId", status from orders'),
        payments: await select(payments, 'select order_id as "orderId", status from payments'),
        charges: await select(
          payments,
          'select idempotency_key as "orderId", declined, refunds from simulated_charges',
        ),
        deliveries: await select(deliveries, 'select order_id as "orderId", status from deliveries'),
        views: await everyView(views),
        published: publishedIn(await subjects()),
        unpublished: await unpublished(),
        deadLetters: (await provisioner.jsm.streams.info('DEAD_LETTERS')).state.messages,
      }
    },
    /** The streams' last sequences, once nothing is in flight; rejects until then, and while a store is away. */
    async atRest() {
      // The last server to be killed may be on its way back, with no message left to be handled.
      await views.connect()
      assert.equal(await views.isUp(), true, 'the database of the views is away')
      assert.equal(await unpublished(), 0, 'an event is not published yet')
      assert.deepEqual(await select(payments, openPayments), [], 'a payment waits for the provider')
      assert.ok(!(await Promise.all(services.map(isIdle))).includes(false), 'a message is not handled yet')
      return Promise.all(streams.map(({ name }) => lastSequence(name)))
    },
    subjects,
    /**
     * A service's consumers, by stream: the deliveries since each was created, repeated ones included, and how many
     * messages the stream has for it.
     */
    async consumers(service: Service) {
      const broker = services.find(({ name }) => name === service)
      const states: Record<string, Readonly<{ created: string; delivered: number; messages: number }>> = {}
      for (const { stream, events } of subscriptionsOf(service)) {
        const info = await broker?.jsm.consumers.info(stream, service)
        const wanted = Object.entries(await subjectsOf(stream)).filter(([subject]) =>
          events.some((event) => subject.startsWith(`${event.subject}.`)),
        )
        const messages = wanted.reduce((sum, [, count]) => sum + count, 0)
        const delivered = info?.delivered.consumer_seq ?? 0
        states[stream] = { created: String(info?.created), delivered, messages }
      }
      return states
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([provisioner, ...services].map(({ connection }) => connection.close()))
      await Promise.all(pools.map(({ close }) => close()))
      await views.close()
    },
  }
}

const openPayments = "select order_id from payments where status like '%PENDING'"

const select = async <Row>(db: Database, statement: string): Promise<Row[]> =>
  [...(await db.execute(statement))] as Row[]

async function countUnpublished(db: Database): Promise<number> {
  const statement = 'select count(*)::int as count from outbox where published_at is null'
  return (await select<{ count: number }>(db, statement))[0]?.count ?? 0
}

/** The events of each order, by the subjects that the streams have. */
function publishedIn(subjects: Readonly<Record<string, number>>): Rows['published'] {
  const names = new Map<string, string[]>()
  for (const subject of Object.keys(subjects)) {
    const orderId = keyOf(subject)
    const type = events.find((type) => subject === `${type.subject}.${orderId}`)
    names.set(orderId, [...(names.get(orderId) ?? []), type?.event ?? subject])
  }
  return [...names].map(([orderId, events]) => ({ orderId, events }))
}

async function everyView(views: ViewStore): Promise<Rows['views'][number][]> {
  const found = await views.list({ limit: 100_000 })
  return found.map(({ _id, status, payment, delivery, timeline }) => ({
    orderId: _id,
    status,
    payment: payment?.status,
    delivery: delivery?.status,
    events: timeline.map(({ event }) => event),
  }))
}
