import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { streams, subscriptionsOf } from '@saucery/contracts/choreography'
import { OrderPlaced } from '@saucery/contracts/order'
import { openConsumers } from '@saucery/messaging/consumer/consumer'
import { lagOf } from '@saucery/messaging/consumer/lag'
import { postgresDeadLetters } from '@saucery/messaging/dead-letters/postgres-store'
import { readDeadLetters } from '@saucery/messaging/dead-letters/reader'
import { type Cause, stamp } from '@saucery/messaging/events/event'
import { newTraceparent } from '@saucery/messaging/events/trace-context'
import { type Broker, connectBroker } from '@saucery/messaging/nats/connection'
import { readAfter, streamEnd, streamStart } from '@saucery/messaging/nats/stream-reader'
import { ensureConsumer } from '@saucery/messaging/nats/streams'
import { openOutbox } from '@saucery/messaging/outbox/outbox'
import { type Database, openDatabase } from '@saucery/messaging/postgres/database'
import { migrate } from '@saucery/messaging/postgres/migrate'
import { eventually } from '@saucery/messaging/testing/eventually'
import { countingLog, quietLog } from '@saucery/messaging/testing/log'
import { publishEvent } from '@saucery/messaging/testing/messages'
import { testDatabase } from '@saucery/messaging/testing/servers'
import { provision } from '@saucery/provision/provision'
import { createDatabases } from '@saucery/servers/postgres/databases'
import { type TestServer, testNats, testPostgres } from '@saucery/servers/testing/servers'
import { connectAs, logins, password, users } from '../support/nats-users.ts'

const cause = (): Cause => ({ id: 'a-test', traceparent: newTraceparent() })

// From 2.15 on, acknowledgements have other subjects.
for (const version of ['2.15.1', '2.10.26'])
  describe(`on NATS ${version}`, { timeout: 120_000 }, () => {
    let nats: TestServer
    let order: Broker
    let payment: Broker
    let provisioner: Broker

    before(async () => {
      nats = await testNats({ users, version })
      await provision({ url: nats.url, ...logins.provisioner }, 1)
      order = await connectAs('order', nats.url)
      payment = await connectAs('payment', nats.url)
      provisioner = await connectAs('provisioner', nats.url)
    })

    after(async () => {
      await Promise.all([order, payment, provisioner].map((broker) => broker?.connection.close()))
      await nats[Symbol.asyncDispose]()
    })

    const connected = async (user: 'dashboard') => {
      const broker = await connectAs(user, nats.url)
      return { ...broker, [Symbol.asyncDispose]: () => broker.connection.close() }
    }
    const messagesIn = async (stream: string) => (await provisioner.jsm.streams.info(stream)).state.messages

    it('publishes, consumes, acknowledges and writes dead letters with no other permissions than its own', async () => {
      await using database = await testDatabase()
      const [stream] = streams
      assert.equal(stream?.name, 'ORDERS')
      const log = countingLog()
      const outbox = await openOutbox({ db: database.db, broker: order, stream, replicas: 1, log })
      const heard: string[] = []
      const consumers = openConsumers({
        broker: payment,
        subscriptions: subscriptionsOf('payment'),
        handle: async (event) => void heard.push(event.id),
        state: {
          handledAmong: async () => new Set(heard),
          deadLetters: postgresDeadLetters(database.db),
        },
        isOutage: () => false,
        isUp: async () => {},
        replicas: 1,
        log,
      })
      const event = stamp(OrderPlaced(OrderPlaced.example), cause(), new Date())
      await database.db.transaction((tx) => outbox.append(tx, [event]))
      outbox.publish([event])
      await order.js.publish('orders.placed.nonsense', 'not an event')

      await eventually(() => assert.deepEqual(heard, [event.id]))
      await eventually(async () => assert.equal(await messagesIn('DEAD_LETTERS'), 1))
      await eventually(async () => {
        assert.deepEqual(await lagOf(payment, ['ORDERS']), [
          { stream: 'ORDERS', durable: 'payment', pending: 0, ackPending: 0, redelivered: 0 },
        ])
      })
      const { deadLetters } = await readDeadLetters(payment, { limit: 10 })
      assert.deepEqual(
        deadLetters.map(({ subject }) => subject),
        ['orders.placed.nonsense'],
      )
      assert.deepEqual((await readDeadLetters(order, { limit: 10 })).deadLetters, [], 'not another’s')
      await outbox.idle()
      await eventually(async () => assert.deepEqual(await published(database.db), [event.id]))
      outbox.scheduleReconcile()
      await outbox.sweep()
      assert.equal(log.times('outbox not reconciled'), 0)
      const since = Date.now()
      consumers.reconcile()
      await eventually(() => assert.ok(consumers.comparedUntil('ORDERS') >= since, 'not compared yet'))
      assert.equal(log.times('state not compared'), 0)
      await consumers.stop()
    })

    it('lets no service publish in another’s name', async () => {
      await payment.js.publish('payments.approved.mine', 'said by payment')
      const before = await messagesIn('PAYMENTS')
      await assert.rejects(order.js.publish('payments.approved.forged', 'said by order'), denied)
      order.connection.publish('payments.approved.forged', 'said by order')
      await order.connection.flush()
      assert.equal(await messagesIn('PAYMENTS'), before)
    })

    it('lets no service change or destroy a stream, not even its own', async () => {
      const messages = await messagesIn('ORDERS')
      for (const stream of ['ORDERS', 'PAYMENTS', 'DEAD_LETTERS']) {
        const { streams } = order.jsm
        await assert.rejects(streams.delete(stream), denied)
        await assert.rejects(streams.purge(stream), denied)
        await assert.rejects(streams.update(stream, { max_msgs: 1 }), denied)
        await assert.rejects(streams.deleteMessage(stream, 1), denied)
      }
      assert.equal(await messagesIn('ORDERS'), messages)
    })

    it('lets no service read what it does not react to, nor through another’s consumer', async () => {
      const { js, jsm, connection } = order
      await assert.rejects(js.consumers.get('ORDERS', 'payment'), denied)
      await assert.rejects(js.consumers.get('PAYMENTS', 'delivery'), denied)
      await assert.rejects(jsm.consumers.delete('ORDERS', 'payment'), denied)
      await assert.rejects(jsm.consumers.add('PAYMENTS', { durable_name: 'spy' }), denied)
      await assert.rejects(provisioner.jsm.streams.getMessage('PAYMENTS', { seq: 1 }), denied)
      const direct = '$JS.API.DIRECT.GET.PAYMENTS'
      await assert.rejects(connection.request(direct, '{"seq":1}', { timeout: 1000 }), denied)
      const next = '$JS.API.CONSUMER.MSG.NEXT.ORDERS.payment'
      await assert.rejects(connection.request(next, '1', { timeout: 1000 }), denied)
      for (const subject of ['payments.>', 'deliveries.*.*', 'orders.*.*']) {
        const listened = new Promise((_, reject) => {
          connection.subscribe(subject, { callback: (error) => error && reject(error) })
        })
        await assert.rejects(listened, denied)
      }
    })

    it('lets the operator read and replay, and destroy nothing', async () => {
      const operator = await connectBroker({
        url: nats.url,
        name: 'operator',
        user: 'operator',
        password,
        log: quietLog,
      })
      const { js, jsm, connection } = operator
      await js.publish('payments.approved.again', 'said once more')
      const said = await jsm.streams.getMessage('PAYMENTS', { last_by_subj: 'payments.approved.again' })
      assert.equal(said.string(), 'said once more')
      const all = await js.consumers.get('PAYMENTS', { filterSubjects: 'payments.approved.again' })
      assert.equal((await all.next({ expires: 2000 }))?.seq, said.seq)
      const durable = { stream: 'PAYMENTS', durable: 'order', filters: ['payments.*.*'] }
      await ensureConsumer(order.jsm, { ...durable, ackWaitMs: 10_000, maxAckPending: 1 })
      const taken = await (await js.consumers.get('PAYMENTS', 'order')).next({ expires: 2000 })
      taken?.ack()
      await connection.flush()
      assert.equal((await jsm.consumers.info('PAYMENTS', 'order')).num_ack_pending, 1)
      assert.equal(await jsm.consumers.delete('PAYMENTS', 'order'), true)

      for (const stream of ['ORDERS', 'PAYMENTS', 'DELIVERIES', 'DEAD_LETTERS']) {
        await assert.rejects(jsm.streams.delete(stream), denied)
        await assert.rejects(jsm.streams.purge(stream), denied)
        await assert.rejects(jsm.streams.update(stream, { max_msgs: 1 }), denied)
        await assert.rejects(jsm.streams.deleteMessage(stream, 1), denied)
      }
      await assert.rejects(js.publish('dead-letters.order.forged', 'a letter'), denied)
      await connection.close()
    })

    it('lets the dashboard read what the streams hold, and no other listener', async () => {
      const [stream] = streams
      assert.ok(stream, 'there is no stream')
      await using dashboard = await connected('dashboard')
      const placed = stamp(OrderPlaced(OrderPlaced.example), cause(), new Date())
      await publishEvent(order, placed)
      const end = await streamEnd(dashboard, stream)
      assert.equal(end.id, placed.id)
      assert.deepEqual(await readAfter(dashboard, stream, end, 1), [])
      assert.equal((await readAfter(dashboard, stream, streamStart, 1)).length, 1)
      await assert.rejects(readAfter(payment, stream, streamStart, 1), denied)
    })

    it('lets order, and no other service, subscribe to one order’s payment', async () => {
      const overheard = new Promise((resolve, reject) => {
        order.connection.subscribe('payments.*.mine', {
          max: 1,
          callback: (error, { subject }) => (error ? reject(error) : resolve(subject)),
        })
      })
      await order.connection.flush()
      await payment.js.publish('payments.declined.mine', 'said by payment')
      assert.equal(await overheard, 'payments.declined.mine')
      const listened = new Promise((_, reject) => {
        const callback = (error: Error | null) => error && reject(error)
        payment.connection.subscribe('orders.*.mine', { callback })
      })
      await assert.rejects(listened, denied)
    })
  })

describe('the role of payment', () => {
  it('gets neither into the orders nor at their rows', async () => {
    await using server = await testPostgres({ ownServer: true })
    const urls = await createDatabases(server.url, [
      { database: 'orders', role: 'order', password },
      { database: 'payments', role: 'payment', password },
    ] as const)
    await migrate(urls.orders, new URL('../../../order/migrations/', import.meta.url))
    const trespass = new URL(urls.payments)
    trespass.pathname = '/orders'
    const pool = openDatabase(trespass.href, 'trespasser', { connections: 1 })
    const refused = (error: unknown) => error instanceof Error && codeOf(error) === '42501'
    await assert.rejects(async () => pool.db.execute('select * from orders'), refused)
    await pool.close()
    const own = openDatabase(urls.payments, 'payment', { connections: 1 })
    await own.db.execute('select 1')
    await own.close()
  })
})

const published = async (db: Database): Promise<unknown[]> =>
  (await db.execute('select id from outbox where published_at is not null')).map(({ id }) => id)

const denied = { code: 'PERMISSIONS_VIOLATION' }

function codeOf(error: Error): string {
  const { code = '' } = error as { code?: string }
  return code === '' && error.cause instanceof Error ? codeOf(error.cause) : code
}
