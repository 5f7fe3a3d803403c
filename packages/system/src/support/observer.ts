import { type Service, streams, subscriptionsOf } from '@saucery/contracts/choreography'
import { openViews, type ViewStore } from '@saucery/dashboard/store/view-store'
import type { System } from '@saucery/local/system/system'
import { keyOf } from '@saucery/messaging/events/event'
import { connectBroker } from '@saucery/messaging/nats/connection'
import { type Database, openDatabase } from '@saucery/messaging/postgres/database'
import { quietLog } from '@saucery/messaging/testing/log'
import type { Rows } from '../model/violations.ts'

export interface Observer extends AsyncDisposable {
  rows(accepted: readonly string[]): Promise<Rows>
  /** How far the streams are; undefined, or an error, while an event is unpublished or unhandled, or a database away. */
  rest(): Promise<string | undefined>
  /** The subjects of all that was said, and how many messages each has. */
  subjects(): Promise<Record<string, number>>
  /** A service's consumers, by stream. */
  heard(service: Service): Promise<Record<string, Heard>>
}

interface Heard {
  /** When the consumer was made. */
  readonly created: string
  readonly delivered: number
  /** What the stream has for it. */
  readonly messages: number
}

/** Looks into the four databases and the streams directly, past the services. */
export async function observe({ databases, nats }: System): Promise<Observer> {
  const open = (url: string) => openDatabase(url, 'observer', { connections: 1 })
  const pools = [open(databases.orders), open(databases.payments), open(databases.deliveries)] as const
  const [orders, payments, deliveries] = pools.map(({ db }) => db) as [Database, Database, Database]
  const views = openViews(databases.dashboard)
  const connect = (name: keyof typeof nats.users) =>
    connectBroker({ url: nats.url, name, ...nats.users[name], log: quietLog })
  const provisioner = await connect('provisioner')
  const listeners = await Promise.all((['order', 'payment', 'delivery', 'dashboard'] as const).map(connect))

  const unpublished = async () => {
    const counts = await Promise.all([orders, payments, deliveries].map(countUnpublished))
    return counts.reduce((sum, count) => sum + count, 0)
  }

  async function isIdle({ name, jsm }: (typeof listeners)[number]): Promise<boolean> {
    for (const { stream } of subscriptionsOf(name as Parameters<typeof subscriptionsOf>[0])) {
      const { num_pending, num_ack_pending } = await jsm.consumers.info(stream, name)
      if (num_pending + num_ack_pending > 0) return false
    }
    return true
  }

  const subjectsOf = async (stream: string) =>
    (await provisioner.jsm.streams.info(stream, { subjects_filter: '>' })).state.subjects ?? {}

  const lastSequence = async (stream: string) => (await provisioner.jsm.streams.info(stream)).state.last_seq

  return {
    async rows(accepted) {
      const placed = await provisioner.jsm.streams.info('ORDERS', { subjects_filter: 'orders.placed.*' })
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
        placed: Object.keys(placed.state.subjects ?? {}).map(keyOf),
        unpublished: await unpublished(),
        deadLetters: (await provisioner.jsm.streams.info('DEAD_LETTERS')).state.messages,
      }
    },
    async rest() {
      // The last to be killed may be on its way back, with nothing left to be handled.
      await views.connect()
      if (!(await views.isUp())) return undefined
      if ((await unpublished()) > 0) return undefined
      const idle = await Promise.all(listeners.map(isIdle))
      if (idle.includes(false)) return undefined
      return (await Promise.all(streams.map(({ name }) => lastSequence(name)))).join(' ')
    },
    async subjects() {
      return Object.assign({}, ...(await Promise.all(streams.map(({ name }) => subjectsOf(name)))))
    },
    async heard(service) {
      const listener = listeners.find(({ name }) => name === service)
      const heard: Record<string, Heard> = {}
      for (const { stream, events } of subscriptionsOf(service)) {
        const info = await listener?.jsm.consumers.info(stream, service)
        const wanted = Object.entries(await subjectsOf(stream)).filter(([subject]) =>
          events.some((event) => subject.startsWith(`${event.subject}.`)),
        )
        const messages = wanted.reduce((sum, [, count]) => sum + count, 0)
        heard[stream] = {
          created: String(info?.created),
          delivered: info?.delivered.consumer_seq ?? 0,
          messages,
        }
      }
      return heard
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([provisioner, ...listeners].map(({ connection }) => connection.close()))
      await Promise.all(pools.map(({ close }) => close()))
      await views.close()
    },
  }
}

const select = async <Row>(db: Database, statement: string): Promise<Row[]> =>
  [...(await db.execute(statement))] as Row[]

async function countUnpublished(db: Database): Promise<number> {
  const statement = 'select count(*)::int as count from outbox where published_at is null'
  return (await select<{ count: number }>(db, statement))[0]?.count ?? 0
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
