import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { received } from '@saucery/chassis/testing/events'
import { allPages, getJson, type ListPage, readProblem } from '@saucery/chassis/testing/http'
import { OrderCancelled } from '@saucery/contracts/order'
import { v7 as uuidv7 } from 'uuid'
import type { Delivery } from './domain.ts'
import { approvedAs, deadlineMs, testDeliveries } from './testing/deliveries.ts'

const service = await testDeliveries()
after(() => service[Symbol.asyncDispose]())
const { app, handle, start } = service

interface Shown {
  readonly startedAt?: string
  readonly dueAt?: string
}

const complete = (orderId: string) => app.request(`/deliveries/${orderId}/complete`, { method: 'POST' })

describe('GET /deliveries', () => {
  const found = async (query: string) =>
    (await getJson<ListPage<Delivery>>(app, `/deliveries?${query}`)).items.map(({ orderId }) => orderId)

  it('pages through every delivery once, newest or oldest order first', async () => {
    const orderIds: string[] = []
    for (let i = 0; i < 7; i++) orderIds.push(await start('paged'))
    const sorted = async (sort: string) => {
      const deliveries = await allPages<Delivery>(app, `/deliveries?branchId=paged&sort=${sort}`, 3)
      return deliveries.map(({ orderId }) => orderId)
    }
    assert.deepEqual(await sorted('oldest'), orderIds)
    assert.deepEqual(await sorted('newest'), orderIds.reverse())
  })

  it('filters by status, branch and order', async () => {
    const [arrived, underWay] = [await start('filtered'), await start('filtered')]
    await complete(arrived)
    assert.deepEqual(await found('branchId=filtered&status=COMPLETED'), [arrived])
    assert.deepEqual(await found('branchId=filtered&status=STARTED'), [underWay])
    assert.deepEqual(await found(`orderId=${underWay}`), [underWay])
    assert.deepEqual(await found(`orderId=${underWay}&status=FAILED`), [])
  })

  it('tells until when the end of a delivery under way has to be reported', async () => {
    const orderId = await start('due')
    const [listed] = (await getJson<ListPage<Shown>>(app, '/deliveries?branchId=due')).items
    assert.deepEqual(await getJson(app, `/deliveries/${orderId}`), listed)
    assert.equal(Date.parse(listed?.dueAt ?? '') - Date.parse(listed?.startedAt ?? ''), deadlineMs)
    await complete(orderId)
    assert.equal((await getJson<Shown>(app, `/deliveries/${orderId}`)).dueAt, undefined)
  })

  it('shows a cancel that came before the payment only after the payment', async () => {
    const orderId = uuidv7()
    await handle(received(OrderCancelled({ orderId, reason: 'requested' })))
    assert.deepEqual(await found(`orderId=${orderId}`), [])
    assert.equal((await readProblem(app.request(`/deliveries/${orderId}`))).status, 404)
    await handle(received(approvedAs(orderId)))
    assert.deepEqual(await getJson(app, `/deliveries/${orderId}`), { orderId, status: 'CANCELLED' })
  })

  it('refuses the status that it does not show', async () => {
    const problem = await readProblem(app.request('/deliveries?status=CANCEL_REMEMBERED'))
    assert.deepEqual(problem, { status: 422, code: 'invalid-input', places: ['status'] })
  })
})
