import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { getJson, readProblem } from '@saucery/chassis/testing/http'
import { eventually } from '@saucery/messaging/testing/eventually'
import { v4 as uuidv4 } from 'uuid'
import type { Order } from '../domain.ts'
import { assemble } from '../testing/orders.ts'
import { neverOpen, testPaymentWait } from '../testing/payment-wait.ts'

const service = await testPaymentWait()
after(() => service[Symbol.asyncDispose]())
const { answerTo, app, db, post, publishedOf, quickestAnswerTo, replica } = service

async function placedData(id: string) {
  const [row] = await db.execute<{ data: { payBy?: string } }>(
    `select data from outbox where subject = 'orders.placed.${id}'`,
  )
  return row?.data
}

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
