import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { openOperationsWorker } from '@saucery/chassis/operations/jobs'
import { addOperationsRoutes } from '@saucery/chassis/operations/operations'
import { branch, courier, operator, testCallerTokens } from '@saucery/chassis/testing/caller-tokens'
import { stamped } from '@saucery/chassis/testing/events'
import { type ListPage, readProblem } from '@saucery/chassis/testing/http'
import { silentLog } from '@saucery/chassis/testing/log'
import { startServiceProcess } from '@saucery/chassis/testing/service-process'
import { deadLetterNotices } from '@saucery/contracts/access/notices'
import { subscriptionsOf } from '@saucery/contracts/choreography'
import { PaymentApproved, PaymentDeclined } from '@saucery/contracts/payment'
import { Unprocessable } from '@saucery/messaging/events/cloud-events'
import type { OperatorJob } from '@saucery/messaging/operator/operator-store'
import { eventually } from '@saucery/messaging/testing/eventually'
import { reactions } from './reactions.ts'
import { assemble, testOrders } from './testing/orders.ts'

interface Letter {
  readonly id: string
  readonly sequence: number
  readonly orderId: string
  readonly state: string
  readonly discardReason?: string
}

const service = await testOrders()
after(() => service[Symbol.asyncDispose]())
const gate = testCallerTokens('order')
const bug: { isPresent: boolean } = { isPresent: true }

/** One process with its routes and its worker; a bug makes every event fail. */
async function replica() {
  const process = await service.replica()
  const { app } = assemble({ ...process, requireCaller: gate.requireCaller })
  const operated = { service: 'order', broker: process.broker, ...process.participant } as const
  const worker = openOperationsWorker(operated, silentLog, { everyMs: 50, leaseMs: 3000 })
  addOperationsRoutes(app, { ...operated, wake: worker.now })
  const handle = reactions(process)
  process.participant.consume(subscriptionsOf('order'), async (event) => {
    if (bug.isPresent) throw new Unprocessable(`a bug with ${event.id}`)
    await handle(event)
  })
  await eventually(() => assert.equal(process.participant.isReady(), true))
  return { app, worker, ...process }
}

type Replica = Awaited<ReturnType<typeof replica>>

const path = '/operations/order'

async function ask<T>(at: Pick<Replica, 'app'>, route: string, body?: object): Promise<T> {
  const response = await send(at, route, body)
  assert.ok(response.ok, `${response.status} ${await response.clone().text()}`)
  return (await response.json()) as T
}

async function send({ app }: Pick<Replica, 'app'>, route: string, body?: object, caller = operator) {
  const headers = await gate.as(caller)
  if (!body) return app.request(path + route, { headers })
  return app.request(path + route, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

describe('an operator with many dead letters', () => {
  let one: Replica
  let other: Replica
  before(async () => {
    ;[one, other] = [await replica(), await replica()]
  })
  after(() => Promise.all([one.worker.stop(), other.worker.stop()]))

  const listed = async (query = '') =>
    (await ask<ListPage<Letter>>(one, `/dead-letters?limit=100${query}`)).items

  /** Orders whose payment is approved, or declined, in a dead letter. */
  async function bury(approved: number, declined = 0) {
    bug.isPresent = true
    const place = async (event: typeof PaymentApproved | typeof PaymentDeclined) => {
      const { id: orderId } = await service.place()
      await service.nats.publish(stamped(event({ ...event.example, orderId } as never)))
      return orderId
    }
    const ids = await Promise.all([
      ...Array.from({ length: approved }, () => place(PaymentApproved)),
      ...Array.from({ length: declined }, () => place(PaymentDeclined)),
    ])
    await eventually(async () => {
      const found = new Set((await listed('&state=open')).map(({ orderId }) => orderId))
      assert.ok(
        ids.every((id) => found.has(id)),
        `${found.size} are dead letters`,
      )
    })
    bug.isPresent = false
    return ids
  }

  const ended = (id: string) =>
    eventually(async () => {
      const job = await ask<OperatorJob>(other, `/jobs/${id}`)
      assert.equal(job.state, 'done')
      return job
    })
  const statusOf = async (id: string) => {
    const response = await one.app.request(`/orders/${id}`, { headers: await gate.as(operator) })
    return ((await response.json()) as { status: string }).status
  }

  it('counts first, retries one group and discards another, each letter once, and all is kept', async () => {
    const notices: unknown[] = []
    const subscription = service.nats.broker.connection.subscribe(deadLetterNotices('*'), {
      callback: (_, { data }) => notices.push(JSON.parse(new TextDecoder().decode(data))),
    })
    const ids = await bury(6, 3)
    const { items: groups } = await ask<{ items: { event: string; count: number; errorGroup: string }[] }>(
      one,
      '/dead-letters/groups',
    )
    assert.deepEqual(
      groups.map(({ event, count, errorGroup }) => [event, count, errorGroup]),
      [
        ['PaymentApproved', 6, 'Unprocessable: a bug with <id>'],
        ['PaymentDeclined', 3, 'Unprocessable: a bug with <id>'],
      ],
    )
    const approved = { event: 'PaymentApproved', error: 'Unprocessable: a bug with <id>' }
    const counted = await ask(one, '/dead-letters/retries', { ...approved, dryRun: true })
    assert.deepEqual(counted, { total: 6, dryRun: true })
    assert.equal((await listed('&state=open')).length, 9)

    // One is discarded before: the job leaves it.
    const spared = (await listed('&event=PaymentApproved'))[0] as Letter
    await ask(one, `/dead-letters/${spared.id}/discard`, { why: 'placed by mistake' })
    await ask(other, `/dead-letters/${spared.sequence}/discard`, { why: 'again' })
    assert.equal(
      (await readProblem(send(one, `/dead-letters/${spared.id}/send-back`, {}))).code,
      'dead-letter-settled',
    )
    const retry = await ask<OperatorJob>(one, '/dead-letters/retries', {
      ...approved,
      dryRun: false,
      perSecond: 500,
    })
    const retried = await ended(retry.id)
    assert.deepEqual([retried.total, retried.settled, retried.skipped, retried.failed], [5, 5, 0, 0])
    const discard = await ask<OperatorJob>(other, '/dead-letters/discards', { why: 'known', perSecond: 500 })
    assert.equal((await ended(discard.id)).settled, 3)

    const all = await listed()
    const of = (state: string) => all.filter((letter) => letter.state === state).map(({ orderId }) => orderId)
    assert.deepEqual(new Set(of('handled')), new Set(ids.slice(0, 6).filter((id) => id !== spared.orderId)))
    assert.deepEqual(new Set(of('discarded')), new Set([...ids.slice(6), spared.orderId]))
    assert.equal(all.find(({ id }) => id === spared.id)?.discardReason, 'placed by mistake')
    assert.equal(await statusOf(spared.orderId), 'PLACED')
    for (const id of of('handled')) assert.equal(await statusOf(id), 'PAID')
    await eventually(() => assert.equal(notices.length, 9))
    subscription.unsubscribe()

    // Once more is no more.
    const again = await ask<OperatorJob>(one, '/dead-letters/retries', { dryRun: false })
    assert.equal((await ended(again.id)).total, 0)
    // That a job has ended is kept as an action a moment after the job says so.
    const actions = await eventually(async () => {
      const { items } = await ask<
        ListPage<{ action: string; by: string; orderId?: string; details: object }>
      >(one, '/actions')
      assert.equal(items.length, 9)
      return items
    })
    assert.deepEqual(
      actions.toReversed().map(({ action, by }) => `${by} ${action}`),
      [
        'discard',
        'discard',
        'retry',
        'retry-many',
        'retry-ended',
        'discard-many',
        'discard-ended',
        'retry-many',
        'retry-ended',
      ].map((action) => `${operator.subject} ${action}`),
    )
    const ofOrder = await ask<ListPage<{ orderId?: string }>>(
      one,
      `/actions?orderId=${spared.orderId}&limit=2`,
    )
    assert.deepEqual([ofOrder.items.length, ofOrder.items[0]?.orderId], [2, spared.orderId])
    const rest = await ask<ListPage<{ orderId?: string }>>(
      one,
      `/actions?orderId=${spared.orderId}&limit=2&cursor=${ofOrder.next}`,
    )
    assert.equal(rest.items.length, 1)
  })

  it('has one job at a time, can cancel it, and sees which letters fail again', async () => {
    await bury(4)
    bug.isPresent = true
    const failing = await ask<OperatorJob>(one, '/dead-letters/retries', { dryRun: false, perSecond: 500 })
    const { settled, failed, lastError } = await ended(failing.id)
    assert.deepEqual([settled, failed], [0, 4])
    assert.match(lastError ?? '', /a bug/)
    assert.equal((await listed('&state=open')).length, 4)
    bug.isPresent = false
    const slow = await ask<OperatorJob>(one, '/dead-letters/retries', { dryRun: false, perSecond: 1 })
    const refused = await readProblem(send(other, '/dead-letters/discards', { why: 'at once' }))
    assert.equal(refused.code, 'job-running')
    const cancelled = await ask<OperatorJob>(other, `/jobs/${slow.id}/cancel`, {})
    assert.equal(cancelled.state, 'cancelled')
    const next = await ask<OperatorJob>(other, '/dead-letters/discards', { why: 'the rest', perSecond: 500 })
    assert.ok((await ended(next.id)).total >= 2)
    assert.equal((await ask<OperatorJob>(one, `/jobs/${slow.id}`)).state, 'cancelled')
  })

  it('is told what is wrong with a request', async () => {
    for (const [route, body, place] of [
      ['/dead-letters/retries', { dryRun: false, evnt: 'x' }, '/evnt'],
      ['/dead-letters/retries', {}, '/dryRun'],
      ['/dead-letters/retries', { dryRun: false, perSecond: 0 }, '/perSecond'],
      ['/dead-letters/discards', {}, '/why'],
      ['/dead-letters/discards', { why: '  ' }, '/why'],
      ['/dead-letters?reason=bad', undefined, 'reason'],
      ['/dead-letters?from=today', undefined, 'from'],
    ] as const)
      assert.deepEqual(await readProblem(send(one, route, body)), {
        status: 422,
        code: 'invalid-input',
        places: [place],
      })
    for (const route of ['/dead-letters/unknown', '/jobs/1', '/jobs/01936f5e-8a3b-7c21-9d4e-5f6a7b8c9d0e'])
      assert.equal((await send(one, route)).status, 404, route)
  })
})

describe('a job on dead letters', () => {
  it('goes on at another replica after kill -9', async () => {
    const { app } = assemble({ ...service, requireCaller: gate.requireCaller })
    addOperationsRoutes(app, { service: 'order', broker: service.broker, ...service.participant })
    const at = { app }
    const events = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const { id: orderId } = await service.place()
        return stamped(PaymentApproved({ ...PaymentApproved.example, orderId }))
      }),
    )
    bug.isPresent = true
    await service.nats.publishAll(events)
    const total = () => service.participant.catalog.count({ state: 'open' })
    await eventually(async () => assert.equal(await total(), 12))
    bug.isPresent = false
    const { id } = await ask<OperatorJob>(at, '/dead-letters/retries', { dryRun: false, perSecond: 2 })
    const job = () => ask<OperatorJob>(at, `/jobs/${id}`)
    {
      await using dying = startServiceProcess(new URL('main.ts', import.meta.url), service)
      await eventually(async () => assert.ok((await job()).settled > 0, 'it has not begun'))
      await dying.kill()
    }
    const left = await job()
    assert.ok(left.state === 'running' && left.settled < 12, `${left.state}, ${left.settled} settled`)
    const survivor = await replica()
    await service.db.execute(`update operator_jobs set leased_until = now() - interval '1 second'`)
    await eventually(async () => assert.equal((await job()).state, 'done'))
    // What was settled and not counted before the kill is neither tried again nor listed.
    const { settled, skipped, failed } = await job()
    assert.ok(settled + skipped >= 11 && settled <= 12 && failed === 0, `${settled}, ${skipped}, ${failed}`)
    assert.equal(await total(), 0)
    await survivor.worker.stop()
  })
})

describe('a branch or a courier', () => {
  it('may do nothing of it', async () => {
    const newest = () => service.participant.operators.actions({ limit: 1 })
    const before = await newest()
    const app = assemble({ ...service, requireCaller: gate.requireCaller }).app
    addOperationsRoutes(app, { service: 'order', broker: service.broker, ...service.participant })
    for (const caller of [branch('1'), courier])
      for (const [route, body] of [
        ['/dead-letters/groups', undefined],
        ['/dead-letters/1/message', undefined],
        ['/dead-letters/1/discard', { why: 'because' }],
        ['/dead-letters/retries', { dryRun: false }],
        ['/dead-letters/discards', { why: 'because' }],
        ['/jobs', undefined],
        ['/jobs/01936f5e-8a3b-7c21-9d4e-5f6a7b8c9d0e/cancel', {}],
        ['/actions', undefined],
        ['/reconcile', {}],
      ] as const)
        assert.equal((await send({ app }, route, body, caller as never)).status, 403, route)
    assert.deepEqual(await newest(), before)
  })
})
