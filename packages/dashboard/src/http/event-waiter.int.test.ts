import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { branch, testCallerTokens } from '@saucery/chassis/testing/caller-tokens'
import { stamped } from '@saucery/chassis/testing/events'
import { readProblem } from '@saucery/chassis/testing/http'
import { silentLog } from '@saucery/chassis/testing/log'
import { testBrokerWithStreams } from '@saucery/chassis/testing/streams'
import { OrderPlaced } from '@saucery/contracts/order'
import { PaymentDeclined, PaymentVoided } from '@saucery/contracts/payment'
import { firstIdAt } from '@saucery/messaging/events/event'
import { eventually } from '@saucery/messaging/testing/eventually'
import { testMongo } from '@saucery/servers/testing/servers'
import { v4 as uuidv4, v7 as uuidv7 } from 'uuid'
import { apiOn } from '../testing/api.ts'
import { openReplica } from '../testing/replica.ts'
import { entryOf } from '../view/order-view.ts'
import { endWaits, openEventWaiter, waitForEvent } from './event-waiter.ts'

const nats = await testBrokerWithStreams()
const mongo = await testMongo()
const replicas = [
  await openReplica({ nats: nats.url, mongo: mongo.url }),
  await openReplica({ nats: nats.url, mongo: mongo.url }),
] as const
after(async () => {
  for (const replica of replicas) await replica[Symbol.asyncDispose]()
  await nats[Symbol.asyncDispose]()
  await mongo[Symbol.asyncDispose]()
})
const { views } = replicas[0]

const isVisible = () => true
const placedNow = () => stamped(OrderPlaced({ ...OrderPlaced.example, orderId: uuidv7() }))
const read = (url: string, orderId: string, eventId: string, wait = 20) =>
  fetch(`${url}/orderDashboards/${orderId}?after=${eventId}`, {
    headers: wait === 0 ? {} : { prefer: `wait=${wait}` },
  })

describe('a client that reads after its write', () => {
  it('finds what it wrote, a thousand times, many at once, on either replica', async (t) => {
    const took: number[] = []
    async function writeAndRead(i: number): Promise<void> {
      const placed = placedNow()
      const declined = stamped(PaymentDeclined({ ...PaymentDeclined.example, orderId: placed.data.orderId }))
      for (const event of [placed, declined]) {
        await nats.publish(event)
        const began = performance.now()
        const response = await read((replicas[i % 2] ?? replicas[0]).url, placed.data.orderId, event.id)
        took.push(performance.now() - began)
        assert.equal(response.status, 200)
        const { timeline } = (await response.json()) as { timeline: { id: string }[] }
        assert.ok(
          timeline.some(({ id }) => id === event.id),
          'stale',
        )
      }
    }
    const reader = async (_: unknown, first: number) => {
      for (let i = first; i < 500; i += 20) await writeAndRead(i)
    }
    await Promise.all(Array.from({ length: 20 }, reader))
    const sorted = took.sort((a, b) => a - b)
    t.diagnostic(
      `${took.length} reads, p50 ${sorted[500]?.toFixed(0)} ms, most ${sorted.at(-1)?.toFixed(0)} ms`,
    )
    assert.equal(took.length, 1000)
  })

  it('gets event-not-arrived, at once or after its wait', async () => {
    const { data, id } = placedNow()
    const [{ url }] = replicas
    for (const [wait, atLeast] of [
      [0, 0],
      [1, 1000],
    ] as const) {
      const began = performance.now()
      const response = await read(url, data.orderId, id, wait)
      const took = performance.now() - began
      assert.ok(took >= atLeast && took < atLeast + 5000, `${took} ms`)
      assert.equal(response.headers.get('retry-after'), '1')
      assert.equal(response.headers.get('preference-applied'), wait ? 'wait=1' : null)
      assert.deepEqual(await readProblem(response), { status: 404, code: 'event-not-arrived', places: [] })
    }
  })

  it('gets a problem that names an invalid event id', async () => {
    const response = await read(replicas[0].url, uuidv7(), 'x')
    assert.deepEqual(await readProblem(response), { status: 422, code: 'invalid-input', places: ['after'] })
  })

  it('waits no longer when it leaves, or when the dashboard stops', async () => {
    const waiter = openEventWaiter(views, silentLog)
    const leaving = new AbortController()
    const { data, id: eventId } = placedNow()
    const wait = (signal?: AbortSignal) =>
      waitForEvent(waiter, { orderId: data.orderId, eventId, isVisible }, 60_000, signal)
    const left = wait(leaving.signal)
    const stays = wait()
    leaving.abort()
    assert.equal(await left, undefined)
    endWaits(waiter)
    assert.equal(await stays, undefined)
    assert.equal(await wait(), undefined)
  })

  it('ends its wait when its connection breaks', async () => {
    const { data, id } = placedNow()
    const url = `${replicas[0].url}/orderDashboards/${data.orderId}?after=${id}`
    const leaving = new AbortController()
    const asked = fetch(url, { headers: { prefer: 'wait=60' }, signal: leaving.signal })
    await eventually(() => assert.equal(replicas[0].waiter.waits.size, 1))
    leaving.abort()
    await assert.rejects(asked, { name: 'AbortError' })
    await eventually(() => assert.equal(replicas[0].waiter.waits.size, 0), 5000)
  })

  it('does not wait for an event that cannot exist', async () => {
    const tomorrow = firstIdAt(Date.now() + 24 * 3_600_000)
    for (const eventId of [uuidv4(), tomorrow]) {
      const began = performance.now()
      const response = await read(replicas[0].url, uuidv7(), eventId, 60)
      assert.ok(performance.now() - began < 5000)
      assert.equal(response.headers.get('preference-applied'), null)
      assert.equal((await readProblem(response)).code, 'event-not-arrived')
    }
  })
})

describe('a branch that reads after a write', () => {
  const gate = testCallerTokens('dashboard')
  const app = apiOn(views, gate.requireCaller)
  const ask = async (branchId: string, orderId: string, eventId: string, wait = 10) =>
    app.request(`/orderDashboards/${orderId}?after=${eventId}`, {
      headers: { ...(await gate.as(branch(branchId))), prefer: `wait=${wait}` },
    })

  it('finds its own order', async () => {
    const placed = placedNow()
    const own = ask('1', placed.data.orderId, placed.id)
    await nats.publish(placed)
    assert.equal((await own).status, 200)
  })

  it("cannot tell another branch's order from one that does not exist", async () => {
    const known = placedNow()
    await nats.publish(known)
    assert.equal((await ask('1', known.data.orderId, known.id)).status, 200)
    const arriving = placedNow()
    const answerTo = async (orderId: string, eventId: string, wait: number) => {
      const began = performance.now()
      const response = await ask('2', orderId, eventId, wait)
      const took = performance.now() - began
      assert.ok(took >= wait * 1000 && took < wait * 1000 + 5000, `${took} ms`)
      return { status: response.status, headers: [...response.headers], body: await response.text() }
    }
    for (const wait of [0, 1]) {
      const none = answerTo(uuidv7(), uuidv7(), wait)
      const others = [
        answerTo(known.data.orderId, known.id, wait),
        answerTo(known.data.orderId, uuidv7(), wait),
        answerTo(arriving.data.orderId, arriving.id, wait),
      ]
      await nats.publish(arriving)
      assert.match((await none).body, /event-not-arrived/)
      for (const other of others) assert.deepEqual(await other, await none)
    }
  })

  it('does not wait when its branch fills its places, while other branches wait', async () => {
    const waiter = openEventWaiter(views, silentLog, 10)
    const narrow = apiOn(views, gate.requireCaller, waiter)
    const { id: eventId, data } = placedNow()
    const askAs = async (branchId: string, subject: string) => {
      const caller = { ...branch(branchId), subject }
      const headers = { ...(await gate.as(caller)), prefer: 'wait=60' }
      return narrow.request(`/orderDashboards/${data.orderId}?after=${eventId}`, { headers })
    }
    const waiting = [askAs('1', 'a'), askAs('1', 'b')]
    await eventually(() => assert.equal(waiter.places.inUse(), 2))
    for (const subject of ['a', 'c']) {
      const refused = await askAs('1', subject)
      assert.equal(refused.headers.get('preference-applied'), null)
      assert.equal((await readProblem(refused)).code, 'event-not-arrived')
    }
    waiting.push(askAs('2', 'd'))
    await eventually(() => assert.equal(waiter.places.inUse(), 3))
    endWaits(waiter)
    for (const answer of await Promise.all(waiting))
      assert.equal(answer.headers.get('preference-applied'), 'wait=60')
    assert.equal(waiter.places.inUse(), 0)
  })

  it('waits for an order whose branch is not known yet', async () => {
    const placed = placedNow()
    const { orderId } = placed.data
    const voided = { ...stamped(PaymentVoided({ orderId })), stream: 'PAYMENTS', sequence: 1, deliveries: 1 }
    await views.add({ orderId, entry: entryOf(voided) })
    const own = ask('1', orderId, placed.id)
    await nats.publish(placed)
    assert.equal((await own).status, 200)
  })
})
