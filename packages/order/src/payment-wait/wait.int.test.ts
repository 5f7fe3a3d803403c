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
// Keeps the breaker closed.
const neverOpen = { PAYMENT_BREAKER_VOLUME: 1_000_000 }
// Only the core subscription can end a wait.
const { app } = assemble(service, neverOpen, { pollEveryMs: 60_000 })

const charge = (id: string) => ({ orderId: id, branchId: 'any', sauceId: '2', qty: 10, amount })
const approvalOf = (id: string) => PaymentApproved(charge(id))
const decisions = {
  approved: approvalOf,
  declined: (id: string) => PaymentDeclined({ orderId: id, amount, reason: 'limit-exceeded' }),
  voided: (id: string) => PaymentVoided({ orderId: id }),
}

before(async () => {
  // The events go to another replica than the one that waits.
  const other = await replica()
  other.participant.consume(subscriptionsOf('order'), reactions(other))
  await eventually(() => assert.equal(other.participant.isReady(), true))
  // Stands in for payment: the branch id says what it decides.
  nats.broker.connection.subscribe('orders.placed.*', {
    callback(_error, message) {
      const decision = decisions[message.json<Order>().branchId as keyof typeof decisions]
      if (decision) void nats.publish(stamped(decision(keyOf(message.subject))))
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
    for (const [decision, status] of [
      ['approved', 'PAID'],
      ['declined', 'REJECTED'],
    ] as const)
      it(`is answered with 201 and what payment decided: ${decision}, ${prefer}`, async () => {
        const answer = await answerTo(decision, prefer)
        assert.equal(answer.status, 201)
        assert.equal(answer.order.status, status)
        assert.equal(answer.applied, prefer)
        assert.ok(answer.response.headers.get('event-id'))
        assert.deepEqual(await getJson(app, `/orders/${answer.id}`), answer.order)
        assert.ok(answer.took < 30_000, `${answer.took} ms`)
      })

  it('is answered with 202 when payment has not decided and the wait is lenient', async () => {
    const { status, order, id, took } = await quickestAnswerTo('silent', 'wait=1')
    assert.equal(status, 202)
    assert.equal(order.status, 'PLACED')
    assert.ok(took > 850 && took < 1000, `${took} ms`)
    assert.deepEqual(await publishedOf(id), ['OrderPlaced'])
    assert.equal((await placedData(id))?.payBy, undefined)
  })

  it('is answered with 503 within a strict wait, and cancelled', async () => {
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

  it('is answered with 503 when payment read the order too late by its own clock', async () => {
    const { response, order, id } = await answerTo('voided', 'wait=40, handling=strict')
    assert.equal((await readProblem(response)).code, 'payment-timeout')
    assert.equal(order.status, 503)
    assert.equal((await getJson<Order>(app, `/orders/${id}`)).status, 'CANCELLED')
    assert.deepEqual(await publishedOf(id), ['OrderPlaced'])
  })

  it('is waited for in the service’s mode, unless the request overrules it', async () => {
    const own = await replica()
    const { app: sync30s } = assemble(own, {
      ...neverOpen,
      PAYMENT_MODE: 'sync',
      PAYMENT_BREAKER_TIMEOUT_MS: 30_000,
    })
    assert.equal((await answerTo('approved', undefined, sync30s)).order.status, 'PAID')
    const { app: sync } = assemble(own, { ...neverOpen, PAYMENT_MODE: 'sync' })
    const late = await answerTo('silent', undefined, sync)
    assert.equal((await readProblem(late.response)).code, 'payment-timeout')
    assert.ok(late.took > 650, `${late.took} ms`)
    const atOnce = await answerTo('silent', 'respond-async', sync)
    assert.equal(atOnce.status, 202)
    assert.equal(atOnce.applied, 'respond-async')
    assert.deepEqual(await publishedOf(atOnce.id), ['OrderPlaced'])
  })

  it('is answered at once without a preference', async () => {
    const { status, order, applied } = await answerTo('approved')
    assert.deepEqual([status, order.status, applied], [201, 'PLACED', null])
  })
})

describe('a request to place an order that is repeated with its key', () => {
  for (const [branchId, prefer] of [
    ['approved', 'wait=10'],
    ['declined', 'wait=10, handling=strict'],
    ['silent', 'wait=1'],
    ['silent', 'wait=1, handling=strict'],
  ] as const)
    it(`gets the first answer: ${branchId}, ${prefer}`, async () => {
      const { app: other } = assemble(await replica(), neverOpen)
      const key = uuidv4()
      const first = await post(branchId, prefer, app, key)
      const again = await post(branchId, prefer, other, key)
      assert.equal(again.status, first.status)
      assert.equal(again.headers.get('location'), first.headers.get('location'))
      assert.equal(again.headers.get('preference-applied'), prefer)
      assert.equal(await again.text(), await first.text())
    })

  it('gets the first answer while the breaker is open', async () => {
    const { app: guarded } = assemble(await replica(), { PAYMENT_BREAKER_VOLUME: 1 })
    const key = uuidv4()
    const strict = async (withKey: string) =>
      (await readProblem(post('silent', 'wait=1, handling=strict', guarded, withKey))).code
    assert.equal(await strict(key), 'payment-timeout')
    assert.equal(await strict(uuidv4()), 'payment-unavailable')
    assert.equal(await strict(key), 'payment-timeout')
  })
})

describe('an order whose event the core subscription misses', () => {
  /** Handles the approval as another replica would, without the broker. */
  const handledElsewhere = async (branchId: string) => {
    const order = await eventually(async () => {
      const found = await newest(branchId)
      // Not assert.ok: on a failure it parses this file, which takes longer than the wait.
      assert.notEqual(found, undefined)
      return found
    })
    await handle(received(approvalOf(String(order?.id))))
  }

  it('is answered though the core subscription missed its event', async () => {
    const { app: polling } = assemble(await replica(), neverOpen, { pollEveryMs: 50 })
    const asking = answerTo('polled', 'wait=20, handling=strict', polling)
    await handledElsewhere('polled')
    const { status, order, took } = await asking
    assert.deepEqual([status, order.status], [201, 'PAID'])
    assert.ok(took < 10_000)
  })

  it('is not cancelled at the end of the wait', async () => {
    const { app: blind } = assemble(await replica(), neverOpen, { pollEveryMs: 60_000 })
    const asking = answerTo('unseen', 'wait=1, handling=strict', blind)
    await handledElsewhere('unseen')
    const { status, order, id, took } = await asking
    assert.deepEqual([status, order.status], [201, 'PAID'])
    assert.ok(took > 850)
    assert.deepEqual(await publishedOf(id), ['OrderPlaced'])
  })
})

describe('an order whose event comes at the end of the wait', () => {
  it('is either paid or cancelled, and the answer says which', async () => {
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
      const published = status === 201 ? ['OrderPlaced'] : ['OrderCancelled', 'OrderPlaced']
      assert.deepEqual(await publishedOf(id), published)
    }
  })
})

describe('a wait', () => {
  it('goes on when the client leaves', async () => {
    const http = await serve(app, readSettings(httpSettings, { HOST: '127.0.0.1', PORT: '0' }), service.log)
    const client = new AbortController()
    const asking = fetch(`http://127.0.0.1:${http.port}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=1, handling=strict' },
      body: JSON.stringify({ ...wanted, branchId: 'left' }),
      signal: client.signal,
    })
    const order = await eventually(async () => {
      const found = await newest('left')
      assert.notEqual(found, undefined)
      return found
    })
    client.abort()
    await assert.rejects(asking)
    assert.equal(order?.status, 'PLACED')
    await eventually(async () =>
      assert.deepEqual(await publishedOf(String(order?.id)), ['OrderCancelled', 'OrderPlaced']),
    )
    await http.close()
  })

  it('ends at once when the service stops, as if the time were up', async () => {
    const stopping = assemble(await replica(), neverOpen)
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

describe('a strict order while payments are too slow', () => {
  it('is refused at once and not placed, while lenient ones are; then one request is let through', async () => {
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
