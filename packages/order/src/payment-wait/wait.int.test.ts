import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { serve } from '@saucery/chassis/http/server'
import { httpSettings, readSettings } from '@saucery/chassis/settings/settings'
import { received, stamped } from '@saucery/chassis/testing/events'
import { getJson, readProblem } from '@saucery/chassis/testing/http'
import { subscriptionsOf } from '@saucery/contracts/choreography'
import { PaymentApproved, PaymentDeclined, PaymentVoided } from '@saucery/contracts/payment'
import { keyOf } from '@saucery/messaging/events/event'
import { eventually } from '@saucery/messaging/testing/eventually'
import { v4 as uuidv4 } from 'uuid'
import type { Order } from '../domain.ts'
import { reactions } from '../reactions.ts'
import { amount, assemble, testOrders, wanted } from '../testing/orders.ts'

const service = await testOrders()
after(() => service[Symbol.asyncDispose]())
const { db, handle, nats, replica, publishedOf } = service
// None of these is to open it.
const patient = { PAYMENT_BREAKER_VOLUME: 1_000_000 }
// Nothing but what is overheard can wake it.
const { app } = assemble(service, patient, { pollEveryMs: 60_000 })

const charge = (id: string) => ({ orderId: id, branchId: 'any', sauceId: '2', qty: 10, amount })
const approvalOf = (id: string) => PaymentApproved(charge(id))
const verdicts = {
  approved: approvalOf,
  declined: (id: string) => PaymentDeclined({ orderId: id, amount, reason: 'limit-exceeded' }),
  voided: (id: string) => PaymentVoided({ orderId: id }),
}

before(async () => {
  // The events go to another replica than the one that waits.
  const other = await replica()
  other.participant.consume(subscriptionsOf('order'), reactions(other))
  await eventually(() => assert.equal(other.participant.isReady(), true))
  // In payment's stead: the branch says what becomes of its order.
  nats.broker.connection.subscribe('orders.placed.*', {
    callback(_error, message) {
      const verdict = verdicts[message.json<Order>().branchId as keyof typeof verdicts]
      if (verdict) void nats.publish(stamped(verdict(keyOf(message.subject))))
    },
  })
  await nats.broker.connection.flush()
})

const post = (branchId: string, prefer?: string, at = app, key?: string) =>
  at.request('/orders', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(prefer && { prefer }),
      ...(key && { 'idempotency-key': key }),
    },
    body: JSON.stringify({ ...wanted, branchId }),
  })

const idIn = (response: Response) => String(response.headers.get('location')).slice('/orders/'.length)

async function answerTo(...request: Parameters<typeof post>) {
  const began = performance.now()
  const response = await post(...request)
  const took = performance.now() - began
  const order = (await response.clone().json()) as Order
  const applied = response.headers.get('preference-applied')
  return { response, id: idIn(response), status: response.status, order, applied, took }
}

/** The quickest of a few: a busy machine may be slow, but not every time. */
async function quickestAnswerTo(...request: Parameters<typeof post>) {
  const answers: Awaited<ReturnType<typeof answerTo>>[] = []
  for (let i = 0; i < 4; i++) answers.push(await answerTo(...request))
  return answers.reduce((quickest, answer) => (answer.took < quickest.took ? answer : quickest))
}

async function placedData(id: string) {
  const [row] = await db.execute<{ data: { payBy?: string } }>(
    `select data from outbox where subject = 'orders.placed.${id}'`,
  )
  return row?.data
}

const newest = async (branchId: string) =>
  (await getJson<{ items: Order[] }>(app, `/orders?branchId=${branchId}&limit=1`)).items[0]

describe('an order whose payment is waited for', () => {
  for (const prefer of ['wait=40', 'wait=40, handling=strict'])
    for (const [verdict, status] of [
      ['approved', 'PAID'],
      ['declined', 'REJECTED'],
    ] as const)
      it(`is answered with 201 and what payment decided: ${verdict}, ${prefer}`, async () => {
        const answer = await answerTo(verdict, prefer)
        assert.equal(answer.status, 201)
        assert.equal(answer.order.status, status)
        assert.equal(answer.applied, prefer)
        assert.ok(answer.response.headers.get('event-id'))
        assert.deepEqual(await getJson(app, `/orders/${answer.id}`), answer.order)
        assert.ok(answer.took < 30_000, `${answer.took} ms`)
      })

  it('is answered with 202 when payment has not decided and that is no condition', async () => {
    const { status, order, id, took } = await quickestAnswerTo('silent', 'wait=1')
    assert.equal(status, 202)
    assert.equal(order.status, 'PLACED')
    assert.ok(took > 850 && took < 1000, `${took} ms`)
    assert.deepEqual(await publishedOf(id), ['OrderPlaced'])
    assert.equal((await placedData(id))?.payBy, undefined)
  })

  it('is answered with 503 within the wait and cancelled when that is a condition', async () => {
    const { response, id, took, applied } = await quickestAnswerTo('silent', 'wait=1, handling=strict')
    assert.deepEqual(await readProblem(response), { status: 503, code: 'payment-timeout', places: [] })
    assert.ok(took > 850 && took < 1000, `${took} ms`)
    assert.equal(applied, 'wait=1, handling=strict')
    assert.equal(response.headers.get('retry-after'), '1')
    assert.deepEqual(await publishedOf(id), ['OrderCancelled', 'OrderPlaced'])
    const [cancelled] = await db.execute(
      `select data->>'reason' as reason, time from outbox where subject = 'orders.cancelled.${id}'`,
    )
    assert.equal(cancelled?.reason, 'payment-timeout')
    assert.ok(String((await placedData(id))?.payBy) <= new Date(String(cancelled?.time)).toISOString())
  })

  it('is answered with 503 when payment heard of it too late by its own clock', async () => {
    const { response, order, id } = await answerTo('voided', 'wait=40, handling=strict')
    assert.equal((await readProblem(response)).code, 'payment-timeout')
    assert.equal(order.status, 503)
    assert.equal((await getJson<Order>(app, `/orders/${id}`)).status, 'CANCELLED')
    assert.deepEqual(await publishedOf(id), ['OrderPlaced'])
  })

  it('is waited for by the service’s mode, unless the request says otherwise', async () => {
    const own = await replica()
    const { app: unhurried } = assemble(own, {
      ...patient,
      PAYMENT_MODE: 'sync',
      PAYMENT_BREAKER_TIMEOUT_MS: 30_000,
    })
    assert.equal((await answerTo('approved', undefined, unhurried)).order.status, 'PAID')
    const { app: sync } = assemble(own, { ...patient, PAYMENT_MODE: 'sync' })
    const late = await answerTo('silent', undefined, sync)
    assert.equal((await readProblem(late.response)).code, 'payment-timeout')
    assert.ok(late.took > 650, `${late.took} ms`)
    const atOnce = await answerTo('silent', 'respond-async', sync)
    assert.equal(atOnce.status, 202)
    assert.equal(atOnce.applied, 'respond-async')
    assert.deepEqual(await publishedOf(atOnce.id), ['OrderPlaced'])
  })

  it('is answered at once when nobody wants to wait', async () => {
    const { status, order, applied } = await answerTo('approved')
    assert.deepEqual([status, order.status, applied], [201, 'PLACED', null])
  })
})

describe('an order that is asked for again with its key', () => {
  for (const [branchId, prefer] of [
    ['approved', 'wait=10'],
    ['declined', 'wait=10, handling=strict'],
    ['silent', 'wait=1'],
    ['silent', 'wait=1, handling=strict'],
  ] as const)
    it(`is answered as the first time: ${branchId}, ${prefer}`, async () => {
      const { app: other } = assemble(await replica(), patient)
      const key = uuidv4()
      const first = await post(branchId, prefer, app, key)
      const again = await post(branchId, prefer, other, key)
      assert.equal(again.status, first.status)
      assert.equal(again.headers.get('location'), first.headers.get('location'))
      assert.equal(again.headers.get('preference-applied'), prefer)
      assert.equal(await again.text(), await first.text())
    })

  it('is told of the first time while the breaker is open', async () => {
    const { app: opening } = assemble(await replica(), { PAYMENT_BREAKER_VOLUME: 1 })
    const key = uuidv4()
    const strict = async (with_: string) =>
      (await readProblem(post('silent', 'wait=1, handling=strict', opening, with_))).code
    assert.equal(await strict(key), 'payment-timeout')
    assert.equal(await strict(uuidv4()), 'payment-unavailable')
    assert.equal(await strict(key), 'payment-timeout')
  })
})

describe('an order whose event is not overheard', () => {
  /** The event as another replica would have handled it, past the broker. */
  const heardElsewhere = async (branchId: string) => {
    const order = await eventually(async () => {
      const found = await newest(branchId)
      // Not assert.ok: what it says of itself it reads from this file, which takes the time that is waited for.
      assert.notEqual(found, undefined)
      return found
    })
    await handle(received(approvalOf(String(order?.id))))
  }

  it('is answered though its event was never overheard', async () => {
    const { app: looking } = assemble(await replica(), patient, { pollEveryMs: 50 })
    const asking = answerTo('looked-at', 'wait=20, handling=strict', looking)
    await heardElsewhere('looked-at')
    const { status, order, took } = await asking
    assert.deepEqual([status, order.status], [201, 'PAID'])
    assert.ok(took < 10_000)
  })

  it('is not given up at the end of the wait', async () => {
    const { app: blind } = assemble(await replica(), patient, { pollEveryMs: 60_000 })
    const asking = answerTo('unseen', 'wait=1, handling=strict', blind)
    await heardElsewhere('unseen')
    const { status, order, id, took } = await asking
    assert.deepEqual([status, order.status], [201, 'PAID'])
    assert.ok(took > 850)
    assert.deepEqual(await publishedOf(id), ['OrderPlaced'])
  })
})

describe('an order whose event comes at the end of the wait', () => {
  it('is either paid or given up, and is answered so', async () => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const branchId = `edge-${i}`
        const asking = answerTo(branchId, 'wait=1, handling=strict')
        await delay(860 + i)
        const order = await newest(branchId)
        if (order) await nats.publish(stamped(approvalOf(order.id)))
        return asking
      }),
    )
    for (const { id, status } of answers) {
      const said = status === 201 ? ['OrderPlaced'] : ['OrderCancelled', 'OrderPlaced']
      assert.deepEqual(await publishedOf(id), said)
    }
  })
})

describe('a wait', () => {
  it('goes on when the client leaves', async () => {
    const http = await serve(app, readSettings(httpSettings, { HOST: '127.0.0.1', PORT: '0' }), service.log)
    const leaving = fetch(`http://127.0.0.1:${http.port}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=1, handling=strict' },
      body: JSON.stringify({ ...wanted, branchId: 'left' }),
      signal: AbortSignal.timeout(300),
    })
    await assert.rejects(leaving)
    const order = await newest('left')
    assert.equal(order?.status, 'PLACED')
    await eventually(async () =>
      assert.deepEqual(await publishedOf(String(order?.id)), ['OrderCancelled', 'OrderPlaced']),
    )
    await http.close()
  })

  it('ends at once when the service stops, as if its time had come', async () => {
    const stopping = assemble(await replica(), patient)
    const asking = [
      answerTo('stopped', 'wait=30, handling=strict', stopping.app),
      answerTo('stopped', 'wait=30', stopping.app),
    ]
    await eventually(async () =>
      assert.equal((await getJson<{ items: Order[] }>(app, '/orders?branchId=stopped')).items.length, 2),
    )
    stopping.watches.end()
    assert.deepEqual(
      (await Promise.all(asking)).map(({ status }) => status),
      [503, 202],
    )
  })
})

describe('an order while payments take too long', () => {
  it('is refused at once and placed nowhere, while others are placed; then one is let through', async () => {
    const { app: guarded, breaker } = assemble(await replica(), {
      PAYMENT_MODE: 'sync',
      PAYMENT_BREAKER_TIMEOUT_MS: 1500,
      PAYMENT_BREAKER_VOLUME: 3,
      PAYMENT_BREAKER_RESET_MS: 4000,
    })
    const rows = async () =>
      (await db.execute('select (select count(*) from orders) as o, (select count(*) from outbox) as e'))[0]
    const late = await Promise.all([1, 2, 3].map(() => answerTo('silent', undefined, guarded)))
    for (const { response } of late) assert.equal((await readProblem(response)).code, 'payment-timeout')
    assert.equal(breaker.state(), 'open')

    const counted = await rows()
    const { response, took } = await quickestAnswerTo('approved', undefined, guarded)
    assert.deepEqual(await readProblem(response), { status: 503, code: 'payment-unavailable', places: [] })
    assert.match(String(response.headers.get('retry-after')), /^[1-4]$/)
    assert.ok(took < 200, `${took} ms`)
    assert.deepEqual(await rows(), counted)
    assert.equal((await answerTo('approved', 'respond-async', guarded)).status, 202)
    assert.equal((await answerTo('approved', 'wait=40, handling=lenient', guarded)).status, 201)

    await eventually(() => assert.equal(breaker.state(), 'half-open'))
    const tries = await Promise.all(
      Array.from({ length: 10 }, () => answerTo('declined', undefined, guarded)),
    )
    const statuses = tries.map(({ status }) => status).sort()
    // A decline is an answer in time.
    assert.deepEqual(statuses, [201, ...Array(9).fill(503)])
    assert.equal(breaker.state(), 'closed')
  })
})
