import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { readProblem } from '@saucery/chassis/testing/http'
import { testBrokerWithStreams } from '@saucery/chassis/testing/streams'
import { type AnyFact, streams } from '@saucery/contracts/choreography'
import { statuses } from '@saucery/contracts/status'
import type { Event } from '@saucery/messaging/events/event'
import { anyOrder } from '@saucery/messaging/testing'
import { eventually } from '@saucery/messaging/testing/eventually'
import { testMongo } from '@saucery/servers/testing/servers'
import {
  assertNoOrderGoesBack,
  type Follower,
  follow,
  hasId,
  hasReceived,
  histories,
} from '../testing/live-client.ts'
import { openReplica, testTokens } from '../testing/replica.ts'
import { resumeTokens } from './resume-token.ts'

const nats = await testBrokerWithStreams()
const mongo = await testMongo()
const urls = { nats: nats.url, mongo: mongo.url }
const heartbeatMs = 200
const replicas = [await openReplica(urls, { heartbeatMs }), await openReplica(urls, { heartbeatMs })] as const
const [first, second] = replicas
after(async () => {
  for (const replica of replicas) await replica[Symbol.asyncDispose]()
  await nats[Symbol.asyncDispose]()
  await mongo[Symbol.asyncDispose]()
})

/** Resolves when the follower's token is at the end of every stream: a view may be sent before all its events are read. */
const isAtTheEnd = (follower: Follower) =>
  eventually(async () => {
    const ends = streams.map(async ({ name }) => (await nats.broker.jsm.streams.info(name)).state.last_seq)
    const positions = testTokens.open(follower.lastId ?? '')?.positions.map(({ sequence }) => sequence)
    assert.deepEqual(positions, await Promise.all(ends))
  })

describe('the live feed', { timeout: 100_000 }, () => {
  it('sends every change to a client of each replica, whichever replica made it', async () => {
    const followers = [await follow(first.url), await follow(second.url)]
    for (const follower of followers) await hasId(follower)
    const events = anyOrder(histories(40), { times: 1 })
    await nats.publishAll(events)
    for (const follower of followers) {
      assert.equal(follower.response.headers['content-type'], 'text/event-stream')
      await hasReceived(follower, events)
      assertNoOrderGoesBack(follower)
      assert.equal(follower.resets, 0)
      follower.leave()
    }
  })

  it('sends an order as GET shows it', async () => {
    const follower = await follow(first.url)
    await hasId(follower)
    const events = histories(1, ['OrderPlaced', 'PaymentApproved'])
    await nats.publishAll(events)
    await hasReceived(follower, events)
    const shown = await fetch(`${first.url}/orderDashboards/${events[0]?.data.orderId}`)
    assert.deepEqual(follower.orders.at(-1), await shown.json())
    follower.leave()
  })

  it('sends what happened meanwhile to a client that reconnects, to the other replica', async () => {
    const before = await follow(first.url)
    await hasId(before)
    const early = histories(3)
    await nats.publishAll(early)
    await hasReceived(before, early)
    await isAtTheEnd(before)
    before.leave()
    const meanwhile = histories(60)
    await nats.publishAll(meanwhile)
    const back = await follow(second.url, '', { 'last-event-id': String(before.lastId) })
    const late = histories(5)
    await nats.publishAll(late)
    await hasReceived(back, [...meanwhile, ...late])
    assertNoOrderGoesBack(back)
    assert.equal(back.resets, 0)
    assert.ok(!early.some(({ data }) => back.orders.some(({ orderId }) => orderId === data.orderId)))
    back.leave()
  })

  it('misses nothing while clients come and go between replicas and events arrive', async () => {
    const events: Event<AnyFact>[] = []
    const received = new Set<string>()
    let from: string | undefined
    const start = await follow(first.url)
    await hasId(start)
    from = start.lastId
    start.leave()
    for (let i = 0; i < 20; i++) {
      const some = histories(3)
      events.push(...some)
      const publishing = nats.publishAll(some)
      const follower = await follow((replicas[i % 2] ?? first).url, '', { 'last-event-id': String(from) })
      // Leaves at any moment, with or without a new change.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 150))
      follower.leave()
      await publishing
      for (const id of follower.received) received.add(id)
      assert.equal(follower.resets, 0)
      from = follower.lastId ?? from
    }
    const last = await follow(first.url, '', { 'last-event-id': String(from) })
    await eventually(() => {
      const missing = events.filter(({ id }) => !received.has(id) && !last.received.has(id))
      assert.equal(missing.length, 0, `${missing.length} of ${events.length} are missing`)
    })
    last.leave()
  })

  const underway = ['OrderPlaced', 'PaymentApproved', 'DeliveryStarted'] as const
  const stories: readonly AnyFact['name'][][] = [
    ['OrderPlaced'],
    ['OrderPlaced', 'PaymentApproved'],
    [...underway],
    [...underway, 'DeliveryCompleted'],
    [...underway, 'DeliveryFailed'],
    [...underway, 'DeliveryFailed', 'PaymentRefunded'],
    [...underway, 'OrderCancelled'],
    ['OrderPlaced', 'OrderCancelled', 'PaymentVoided'],
    ['OrderPlaced', 'PaymentDeclined'],
  ]

  for (const status of statuses)
    it(`keeps a client's list of ${status} orders correct by its messages alone, wherever the client reconnects`, async () => {
      const initial = await follow(first.url, `status=${status}`)
      await hasId(initial)
      let [from, list] = [initial.lastId, initial.list]
      initial.leave()
      // Stories that end in every status, published in any order.
      const all = stories.flatMap((names) => histories(2, names))
      const events = anyOrder(all, { times: 1 })
      const ids = [...new Set(events.map(({ data }) => data.orderId))]
      for (let i = 0; events.length > 0; i++) {
        const publishing = nats.publishAll(events.splice(0, 12))
        const follower = await follow(
          (replicas[i % 2] ?? first).url,
          `status=${status}`,
          { 'last-event-id': String(from) },
          list,
        )
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 150))
        follower.leave()
        await publishing
        assert.equal(follower.resets, 0)
        from = follower.lastId ?? from
        list = follower.list
      }
      const last = await follow(second.url, `status=${status}`, { 'last-event-id': String(from) }, list)
      await nats.consumedBy('dashboard')
      const views = await first.views.among(ids)
      const expected = views.filter((view) => view.status === status).map(({ _id }) => _id)
      // Orders of other tests may still be in flight when this one begins.
      const listed = () => ids.filter((id) => last.list.has(id))
      await eventually(() => assert.deepEqual(new Set(listed()), new Set(expected)))
      last.leave()
    })

  it('sends no order that cannot have had the requested status', async () => {
    const rejected = await follow(first.url, 'status=REJECTED')
    const paid = await follow(first.url, 'status=PAID')
    for (const follower of [rejected, paid]) await hasId(follower)
    const events = histories(5, ['OrderPlaced', 'PaymentApproved', 'DeliveryStarted', 'DeliveryCompleted'])
    await nats.publishAll(events)
    await eventually(() => {
      const left = new Set(paid.left.map(({ orderId }) => orderId))
      assert.equal(left.size, 5)
    })
    assert.ok(
      paid.orders.every(({ status }) => status === 'PAID'),
      'received others as if they were PAID',
    )
    assert.deepEqual([rejected.orders, rejected.left], [[], []])
    rejected.leave()
    paid.leave()
  })

  it('resets a client that missed too much', async () => {
    const before = await follow(first.url)
    await hasId(before)
    before.leave()
    await nats.publishAll(histories(1001, ['OrderPlaced']))
    // Otherwise the feed begins before the end.
    await nats.consumedBy('dashboard')
    const back = await follow(second.url, '', { 'last-event-id': String(before.lastId) })
    await eventually(() => assert.equal(back.resets, 1))
    assert.notEqual(back.lastId, before.lastId)
    const events = histories(1)
    await nats.publishAll(events)
    await hasReceived(back, events)
    assert.equal(back.resets, 1)
    back.leave()
  })

  it('resets a client whose Last-Event-ID it cannot read, once', async () => {
    const position = { sequence: 0, id: '' }
    const point = { version: 1, positions: streams.map(() => position) }
    const unsealed = Buffer.from(JSON.stringify([1, ...streams.map(() => [0, ''])])).toString('base64url')
    for (const id of ['x', 'a b', 'x'.repeat(2000), unsealed, resumeTokens().seal(point)]) {
      const follower = await follow(first.url, '', { 'last-event-id': id })
      await hasId(follower)
      assert.deepEqual([follower.status, follower.resets], [200, 1], id)
      const again = await follow(first.url, '', { 'last-event-id': String(follower.lastId) })
      await hasId(again)
      assert.equal(again.resets, 0)
      for (const it of [follower, again]) it.leave()
    }
  })

  it('refuses an invalid filter, and names its fields', async () => {
    const response = await fetch(`${first.url}/orderDashboards/live?status=LOST&orderId=1`)
    const problem = { status: 422, code: 'invalid-input', places: ['status', 'orderId'] }
    assert.deepEqual(await readProblem(response), problem)
  })

  it('answers HEAD with headers alone', async () => {
    const response = await fetch(`${first.url}/orderDashboards/live`, { method: 'HEAD' })
    assert.equal(response.headers.get('content-type'), 'text/event-stream')
    assert.equal(await response.text(), '')
  })
})
