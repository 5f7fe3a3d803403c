import assert from 'node:assert/strict'
import { after, beforeEach, describe, it } from 'node:test'
import type { LetterContent } from '@saucery/chassis/operations/letter-content'
import { addOperationsRoutes } from '@saucery/chassis/operations/operations'
import { branch, courier, operator, testCallerTokens } from '@saucery/chassis/testing/caller-tokens'
import { stamped } from '@saucery/chassis/testing/events'
import { type ListPage, readProblem } from '@saucery/chassis/testing/http'
import type { Caller } from '@saucery/contracts/access/scope'
import { subscriptionsOf } from '@saucery/contracts/choreography'
import { PaymentApproved } from '@saucery/contracts/payment'
import { Unprocessable } from '@saucery/messaging/events/cloud-events'
import { eventually } from '@saucery/messaging/testing/eventually'
import { publishEvent } from '@saucery/messaging/testing/messages'
import type { Order } from './domain.ts'
import { reactions } from './reactions.ts'
import { assemble, testOrders } from './testing/orders.ts'

interface DeadLetter {
  readonly id: string
  readonly sequence: number
  readonly eventId: string
  readonly handled: boolean
}
interface Summary {
  readonly deadLetters: number
}

const service = await testOrders()
after(() => service[Symbol.asyncDispose]())
const gate = testCallerTokens('order')
const bug: { isPresent: boolean } = { isPresent: true }

/** One process with its operations routes; a bug makes every event fail. */
async function replica() {
  const process = await service.replica()
  const { app } = assemble({ ...process, requireCaller: gate.requireCaller })
  addOperationsRoutes(app, { service: 'order', broker: process.broker, ...process.participant })
  const handle = reactions(process)
  process.participant.consume(subscriptionsOf('order'), async (event) => {
    if (bug.isPresent) throw new Unprocessable('a bug')
    await handle(event)
  })
  await eventually(() => assert.equal(process.participant.isReady(), true))
  return app
}
const app = await replica()
const other = await replica()

async function ask(path: string, { method = 'GET', caller = operator as Caller, at = app } = {}) {
  return at.request(path, { method, headers: await gate.as(caller) })
}
const answer = async <T>(asked: Promise<Response>) => {
  const response = await asked
  assert.equal(response.status, 200)
  return (await response.json()) as T
}
const deadLetters = '/operations/order/dead-letters'
const listed = async (query = '') => (await answer<ListPage<DeadLetter>>(ask(deadLetters + query))).items
const retry = (sequence: number | string, at = app) =>
  ask(`${deadLetters}/${sequence}/send-back`, { method: 'POST', at })
const countDeadLetters = async () => (await answer<Summary>(ask('/operations/order'))).deadLetters
const statusOf = async ({ id }: Order) =>
  ((await (await ask(`/orders/${id}`)).json()) as { status: string }).status

/** A payment of which the order service does not handle, for the bug. */
async function deadLettered(): Promise<{ order: Order; deadLetter: DeadLetter }> {
  const order = await service.place()
  const event = stamped(PaymentApproved({ ...PaymentApproved.example, orderId: order.id }))
  await service.nats.publish(event)
  const deadLetter = await eventually(async () => {
    const found = (await listed()).find(({ eventId }) => eventId === event.id)
    assert.ok(found, 'not a dead letter yet')
    return found
  })
  return { order, deadLetter }
}

beforeEach(() => {
  bug.isPresent = true
})

describe('an operator', () => {
  it('sees the lag, the unpublished events and the number of dead letters', async () => {
    await service.nats.consumedBy('order')
    const idle = { durable: 'order', pending: 0, ackPending: 0, redelivered: 0 }
    const outbox = { unpublished: 0, oldestMs: 0 }
    const consumers = [
      { stream: 'PAYMENTS', ...idle },
      { stream: 'DELIVERIES', ...idle },
    ]
    assert.deepEqual(await answer(ask('/operations/order')), {
      service: 'order',
      consumers,
      outbox,
      deadLetters: 0,
    })
    await deadLettered()
    assert.equal(await countDeadLetters(), 1)
  })

  it('reads a dead letter with all that is known of it', async () => {
    const { order, deadLetter } = await deadLettered()
    const { id, time, sequence, eventId, streamSequence, ...rest } = deadLetter as DeadLetter &
      Record<string, unknown>
    assert.ok(Math.abs(Date.now() - Date.parse(String(time))) < 60_000)
    assert.deepEqual(rest, {
      subject: `payments.approved.${order.id}`,
      event: 'PaymentApproved',
      orderId: order.id,
      stream: 'PAYMENTS',
      reason: 'unreadable',
      error: 'Unprocessable: a bug',
      errorGroup: 'Unprocessable: a bug',
      tries: 2,
      handled: false,
      state: 'open',
    })
    const shown = await answer<LetterContent>(ask(`${deadLetters}/${id}/message`))
    assert.equal(JSON.parse(shown.body.text ?? '').orderId, order.id)
    assert.ok(shown.headers.some(({ name, values }) => name === 'ce-id' && values[0] === eventId))
    assert.deepEqual(await answer(ask(`${deadLetters}/${sequence}/message`)), shown)
  })

  it('reads when an event was handled, and after how many deliveries', async () => {
    const { deadLetter } = await deadLettered()
    const { eventId, sequence } = deadLetter
    const path = `/operations/order/events/${eventId}`
    assert.deepEqual(await answer(ask(path)), { eventId, handled: false })
    bug.isPresent = false
    await answer(retry(sequence))
    const { handledAt, ...handling } = await answer<{ handledAt: string }>(ask(path))
    assert.deepEqual(handling, { eventId, handled: true, deliveries: 3 })
    assert.ok(Math.abs(Date.now() - Date.parse(handledAt)) < 60_000, handledAt)
    assert.match(handledAt, /Z$/)
    assert.equal((await ask('/operations/order/events/%20')).status, 404)
  })

  it('reads the dead letters in pages, newest first', async () => {
    await deadLettered()
    const all = (await listed()).map(({ sequence }) => sequence)
    assert.deepEqual(
      all,
      [...all].sort((a, b) => b - a),
    )
    const found: number[] = []
    for (let path = `${deadLetters}?limit=1`; path; ) {
      const response = await ask(path)
      const { items, next } = await answer<ListPage<DeadLetter>>(Promise.resolve(response))
      found.push(...items.map(({ sequence }) => sequence))
      path = /<(.*)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1] ?? ''
      assert.equal(path === '', next === undefined)
    }
    assert.deepEqual(found, all)
  })

  it('retries it with success once the bug is fixed, and until then sees why it fails', async () => {
    const before = await countDeadLetters()
    const { order, deadLetter } = await deadLettered()
    const refused = await retry(deadLetter.sequence)
    assert.match(await refused.clone().text(), /"detail":"Unprocessable: a bug"/)
    assert.deepEqual(await readProblem(refused), { status: 409, code: 'dead-letter-not-handled', places: [] })
    assert.equal(await statusOf(order), 'PLACED')
    assert.equal(await countDeadLetters(), before + 1)

    bug.isPresent = false
    const { id, sequence, eventId } = deadLetter
    assert.deepEqual(await answer(retry(sequence)), { id, sequence, eventId, handled: true })
    assert.equal(await statusOf(order), 'PAID')
    assert.equal(await countDeadLetters(), before)
    assert.equal((await listed()).find((it) => it.sequence === sequence)?.handled, true)
  })

  it('may retry twice, also at two replicas at once, and the event is handled once', async () => {
    const { order, deadLetter } = await deadLettered()
    bug.isPresent = false
    const asked = [app, other, app, other].map((at) => answer(retry(deadLetter.sequence, at)))
    await Promise.all(asked)
    assert.equal(await statusOf(order), 'PAID')
    bug.isPresent = true
    await answer(retry(deadLetter.sequence, other))
  })

  it('cannot retry an event of an unknown version, which changes nothing', async () => {
    const order = await service.place()
    const event = stamped(PaymentApproved({ ...PaymentApproved.example, orderId: order.id }))
    await publishEvent(service.nats.broker, event, {
      headers: { 'ce-dataschema': 'urn:event:PaymentApproved:0' },
    })
    bug.isPresent = false
    const deadLetter = await eventually(async () => {
      const found = (await listed()).find(({ eventId }) => eventId === event.id)
      assert.ok(found, 'not a dead letter yet')
      return found
    })
    assert.equal((await readProblem(retry(deadLetter.sequence))).code, 'dead-letter-not-handled')
    assert.equal(await statusOf(order), 'PLACED')
  })

  it('finds no dead letter that does not exist or is another service’s', async () => {
    const { js } = service.nats.broker
    const { seq } = await js.publish('dead-letters.payment.orders.placed.1', '{}')
    assert.ok(!(await listed()).some(({ sequence }) => sequence === seq))
    for (const sequence of [seq, seq + 1000, 99_999_999_999_999, 0, -1, '1e1', 'x', '%00'])
      assert.deepEqual(await readProblem(retry(sequence)), { status: 404, code: 'not-found', places: [] })
  })

  for (const [query, place] of [
    ['cursor=1', 'cursor'],
    ['cursor=%00aaaaaaa', 'cursor'],
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=x', 'limit'],
  ])
    it(`is refused ${query}`, async () => {
      const problem = await readProblem(ask(`${deadLetters}?${query}`))
      assert.deepEqual(problem, { status: 422, code: 'invalid-input', places: [place] })
    })

  it('gets broker-unavailable and a time to retry while the broker is away, but still reads the dead letters', async () => {
    const { app: away } = assemble({ ...service, requireCaller: gate.requireCaller })
    const broker = { ...service.broker, isConnected: () => false }
    addOperationsRoutes(away, { service: 'order', broker, ...service.participant })
    const response = await ask('/operations/order', { at: away })
    assert.equal(response.headers.get('retry-after'), '1')
    assert.equal((await readProblem(response)).code, 'broker-unavailable')
    const { items } = await answer<ListPage<DeadLetter>>(ask(deadLetters, { at: away }))
    assert.ok(items.length > 0, 'it lists none')
  })
})

describe('a branch or a courier', () => {
  it('may neither see nor retry dead letters', async () => {
    const { order, deadLetter } = await deadLettered()
    bug.isPresent = false
    for (const caller of [branch('1'), courier])
      for (const [method, path] of [
        ['GET', '/operations/order'],
        ['GET', `/operations/order/events/${deadLetter.eventId}`],
        ['GET', deadLetters],
        ['POST', `${deadLetters}/${deadLetter.sequence}/send-back`],
      ] as const) {
        const problem = await readProblem(ask(path, { method, caller }))
        assert.deepEqual(problem, { status: 403, code: 'not-permitted', places: [] })
        assert.equal((await app.request(path, { method })).status, 401)
      }
    assert.equal(await statusOf(order), 'PLACED')
  })
})
