import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { received } from '@saucery/chassis/testing/events'
import { getJson, readProblem } from '@saucery/chassis/testing/http'
import { exampleOrderId } from '@saucery/contracts/fields'
import { PaymentDeclined } from '@saucery/contracts/payment'
import { eventually } from '@saucery/messaging/testing/eventually'
import { messagesOf } from '@saucery/messaging/testing/messages'
import type { Order } from './domain.ts'
import { amount, assemble, testOrders, wanted } from './testing/orders.ts'

const service = await testOrders()
after(() => service[Symbol.asyncDispose]())
const { app, db, handle, nats, place, postOrder, replica, publishedOf } = service

describe('POST /orders', () => {
  it('answers 201 with the order, its location and the id of its event', async () => {
    const response = await postOrder(wanted)
    assert.equal(response.status, 201)
    const order = (await response.json()) as Order
    const request = { branchId: '1', sauceId: '2', qty: 10, price: 10_000, amount }
    const facts = ['OrderPlaced']
    assert.deepEqual(order, { id: order.id, ...request, facts, status: 'PLACED', placedAt: order.placedAt })
    assert.equal(response.headers.get('location'), `/orders/${order.id}`)
    assert.deepEqual(await getJson(app, `/orders/${order.id}`), order)

    const message = await eventually(async () => {
      const all = await messagesOf(nats.broker, 'ORDERS')
      const mine = all.find(({ subject }) => subject === `orders.placed.${order.id}`)
      assert.ok(mine, 'not on the stream yet')
      return mine
    })
    assert.equal(message.header('Nats-Msg-Id'), response.headers.get('event-id'))
    assert.equal(message.header('ce-time'), order.placedAt)
    assert.deepEqual(JSON.parse(message.data), { orderId: order.id, ...request })
  })

  it('takes ids as numbers and as text', async () => {
    assert.equal((await place({ branchId: 7 })).branchId, '7')
    assert.equal((await place({ branchId: '7' })).branchId, '7')
    assert.equal((await place({ branchId: '강남-1호점' })).branchId, '강남-1호점')
    assert.equal((await place({ sauceId: 0 })).sauceId, '0')
  })

  it('takes the smallest and the largest documented values', async () => {
    assert.equal((await place({ qty: 1, price: 0 })).amount, 0)
    const most = await place({ qty: 1, price: Number.MAX_SAFE_INTEGER })
    assert.deepEqual(await getJson(app, `/orders/${most.id}`), most)
    assert.equal((await place({ qty: 1_000_000, branchId: 'b'.repeat(64) })).qty, 1_000_000)
  })

  it('names the request as the cause, by its id, and who sent it', async () => {
    const headers = { 'content-type': 'application/json', 'x-request-id': 'req-42' }
    const response = await app.request('/orders', { method: 'POST', body: JSON.stringify(wanted), headers })
    const { id } = (await response.json()) as Order
    const [row] = await db.execute<{ causation_id: string; actor: unknown }>(
      `select causation_id, actor from outbox where subject = 'orders.placed.${id}'`,
    )
    assert.match(String(row?.causation_id), /^request:req-42:/)
    assert.deepEqual(row?.actor, { subject: 'anyone', role: 'operator' })
  })

  it('takes numbers as decimal digits in strings', async () => {
    const { qty, price, amount } = await place({ qty: '10', price: '10000' })
    assert.deepEqual({ qty, price, amount }, { qty: 10, price: 10_000, amount: 100_000 })
    assert.equal((await place({ qty: '1000000', price: '0' })).qty, 1_000_000)
    const most = await place({ qty: '1', price: String(Number.MAX_SAFE_INTEGER) })
    assert.equal(most.price, Number.MAX_SAFE_INTEGER)
  })

  const noNumbers = [
    'ten',
    '1e3',
    ' 10',
    '10 ',
    '1.5',
    '0x10',
    '',
    '-0',
    '-1',
    '+1',
    '010',
    '1_0',
    '１０',
    'NaN',
  ]

  const bad: { what: string; body: unknown; status?: number; code?: string; places?: string[] }[] = [
    { what: 'no body', body: '', status: 400, code: 'invalid-json', places: [] },
    { what: 'a body that is no JSON', body: '{"qty":', status: 400, code: 'invalid-json', places: [] },
    { what: 'a list', body: '[]', places: [''] },
    { what: 'null', body: 'null', places: [''] },
    ...['branchId', 'sauceId', 'qty', 'price'].map((field) => ({
      what: `no ${field}`,
      body: { ...wanted, [field]: undefined },
      places: [`/${field}`],
    })),
    ...['branchId', 'sauceId'].flatMap((field) =>
      [
        ['a NUL in', '1\u0000'],
        ['nothing in', ''],
        ['a space in', 'a b'],
        ['65 characters in', 'b'.repeat(65)],
        ['a negative', -1],
        ['a broken', 1.5],
        ['a too large', 2 ** 53],
        ['a true', true],
        ['a null', null],
        ['an object as', { $ne: '' }],
      ].map(([what, value]) => ({
        what: `${what} ${field}`,
        body: { ...wanted, [field]: value },
        places: [`/${field}`],
      })),
    ),
    ...[0, -1, 1.5, 1_000_001, 2 ** 31, ...noNumbers, '0', '1000001', null].map((qty) => ({
      what: `a qty of ${JSON.stringify(qty)}`,
      body: { ...wanted, qty },
      places: ['/qty'],
    })),
    ...[-1, 0.5, 2 ** 53, ...noNumbers, String(2 ** 53), '9'.repeat(400), null].map((price) => ({
      what: `a price of ${JSON.stringify(price)}`,
      body: { ...wanted, price },
      places: ['/price'],
    })),
    {
      what: 'an infinite price',
      body: '{"branchId":1,"sauceId":1,"qty":1,"price":1e999}',
      places: ['/price'],
    },
    {
      what: 'an amount that cannot be counted',
      body: { ...wanted, qty: 2, price: Number.MAX_SAFE_INTEGER },
      places: ['/price'],
    },
    { what: 'unknown fields', body: { ...wanted, amount: 1, 'a/b~': 1 }, places: ['/amount', '/a~1b~0'] },
    {
      what: 'all wrong at once',
      body: { branchId: '', sauceId: -1, qty: 0, price: -1 },
      places: ['/branchId', '/sauceId', '/qty', '/price'],
    },
  ]
  for (const { what, body, status = 422, code = 'invalid-input', places } of bad)
    it(`refuses ${what}, and stores nothing`, async () => {
      const before = await rows()
      assert.deepEqual(await readProblem(postOrder(body)), { status, code, places })
      assert.deepEqual(await rows(), before)
    })

  it('still works after all of these', async () => {
    await place()
  })
})

async function rows() {
  const [counted] = await db.execute(
    'select (select count(*) from orders) as orders, (select count(*) from outbox) as events',
  )
  return counted
}

const cancel = (id: string, at = app) => at.request(`/orders/${id}/cancel`, { method: 'POST' })

describe('POST /orders/{id}/cancel', () => {
  it('answers 202 with the event, and again 202 without a second one', async () => {
    const { id } = await place()
    const first = await cancel(id)
    assert.equal(first.status, 202)
    assert.equal(((await first.json()) as Order).status, 'CANCELLING')
    assert.ok(first.headers.get('event-id'))
    const again = await cancel(id)
    assert.equal(again.status, 202)
    assert.equal(again.headers.get('event-id'), null)
    assert.deepEqual(await publishedOf(id), ['OrderCancelled', 'OrderPlaced'])
  })

  it('publishes one event when twenty ask at once, at two replicas', async () => {
    const { id } = await place()
    const other = assemble(await replica()).app
    const answers = Array.from({ length: 20 }, (_, i) => cancel(id, i % 2 ? app : other))
    assert.ok((await Promise.all(answers)).every(({ status }) => status === 202))
    assert.deepEqual(await publishedOf(id), ['OrderCancelled', 'OrderPlaced'])
  })

  it('answers 409 when the order is final', async () => {
    const { id } = await place()
    await handle(received(PaymentDeclined({ orderId: id, amount, reason: 'limit-exceeded' })))
    const problem = await readProblem(cancel(id))
    assert.deepEqual(problem, { status: 409, code: 'order-already-final', places: [] })
    assert.deepEqual(await publishedOf(id), ['OrderPlaced'])
  })

  it('answers 404 for an order that does not exist, whatever its id looks like', async () => {
    for (const id of [exampleOrderId, 'x', '1', '%00', "'; drop table orders --", '%E0%A4%A'])
      assert.deepEqual(await readProblem(cancel(id)), {
        status: 404,
        code: 'not-found',
        places: [],
      })
  })
})
