import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { allPages, getJson, type ListPage, readProblem } from '@saucery/chassis/testing/http'
import { exampleOrderId } from '@saucery/contracts/fields'
import { testMongo } from '@saucery/servers/testing/servers'
import { v7 as uuidv7 } from 'uuid'
import { openViews } from '../store/view-store.ts'
import { apiOn, serverBehind, story } from '../testing/views.ts'

const mongo = await testMongo()
const views = openViews(mongo.url)
const app = apiOn(views)
after(async () => {
  await views.close()
  await mongo[Symbol.asyncDispose]()
})

async function shown(branchId: string, names = ['OrderPlaced'] as Parameters<typeof story>[1]) {
  const orderId = uuidv7()
  for (const entry of story(orderId, names))
    await views.add({ orderId, entry: { ...entry, data: { ...entry.data, branchId } } })
  return orderId
}

type Shown = { orderId: string }

describe('GET /orderDashboards', () => {
  it('says on which server it was tested', async (t) => {
    t.diagnostic(await serverBehind(mongo.url))
  })

  it('pages through every order once, newest first', async () => {
    const orderIds: string[] = []
    for (let i = 0; i < 7; i++) orderIds.unshift(await shown('paged'))
    const found = await allPages<Shown>(app, '/orderDashboards?branchId=paged', 3)
    assert.deepEqual(
      found.map(({ orderId }) => orderId),
      orderIds,
    )
  })

  it('filters by status and branch', async () => {
    const paid = await shown('filtered', ['OrderPlaced', 'PaymentApproved'])
    await shown('filtered')
    const { items } = await getJson<ListPage<Shown>>(app, '/orderDashboards?branchId=filtered&status=PAID')
    assert.deepEqual(
      items.map(({ orderId }) => orderId),
      [paid],
    )
  })

  it('filters by sauce, and by what waits too long', async () => {
    const late = await shown('overdue', ['OrderPlaced', 'PaymentApproved'])
    await shown('overdue', ['OrderPlaced', 'PaymentDeclined'])
    const listed = async (query: string) =>
      (await getJson<ListPage<Shown>>(app, `/orderDashboards?branchId=overdue&${query}`)).items.map(
        ({ orderId }) => orderId,
      )
    assert.deepEqual(await listed('overdue=true'), [late])
    assert.equal((await listed('sauceId=1')).length, 2)
    assert.deepEqual(await listed('sauceId=2'), [])
  })

  for (const [query, place] of [
    ['overdue=1', 'overdue'],
    ['sauceId=a%20b', 'sauceId'],
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['cursor=1', 'cursor'],
    ['status=LOST', 'status'],
    ['status[$ne]=PAID&branchId=', 'branchId'],
    ['branchId=a%00', 'branchId'],
  ])
    it(`refuses ${query}`, async () => {
      const problem = await readProblem(app.request(`/orderDashboards?${query}`))
      assert.deepEqual(problem, { status: 422, code: 'invalid-input', places: [place] })
    })
})

describe('GET /orderDashboards/{id}', () => {
  it('tells the whole story of one order', async () => {
    const orderId = await shown('told', ['OrderPlaced', 'PaymentDeclined'])
    const view = await getJson<Shown & { status: string; timeline: { event: string }[] }>(
      app,
      `/orderDashboards/${orderId.toUpperCase()}`,
    )
    assert.equal(view.orderId, orderId)
    assert.equal(view.status, 'REJECTED')
    assert.deepEqual(
      view.timeline.map(({ event }) => event),
      ['OrderPlaced', 'PaymentDeclined'],
    )
    assert.ok(!('_id' in view || 'payBy' in view || 'waitsFor' in view))
  })

  it('tells what the order waits for, and that it does so for too long', async () => {
    const orderId = await shown('waiting', ['OrderPlaced', 'PaymentApproved'])
    const { waitsFor } = await getJson<{ waitsFor: object }>(app, `/orderDashboards/${orderId}`)
    assert.deepEqual(waitsFor, {
      events: ['DeliveryStarted'],
      since: '2026-01-01T00:00:00.001Z',
      until: '2026-01-01T00:00:01.001Z',
      overdue: true,
    })
  })

  it('answers 404 for what there is not', async () => {
    for (const id of [exampleOrderId, 'x', '%00'])
      assert.equal((await readProblem(app.request(`/orderDashboards/${id}`))).code, 'not-found')
  })
})

describe('GET /orderDashboards/statistics', () => {
  it('counts the orders of a time by status and step, and tells how long deliveries took', async () => {
    const branchId = 'counted'
    const since = Date.now() - 1000
    const ends = [['DeliveryCompleted'], ['DeliveryCompleted'], ['PaymentDeclined'], []] as const
    for (const end of ends) {
      const orderId = uuidv7()
      for (const entry of story(orderId, ['OrderPlaced', ...end])) {
        const placedAt = Date.now() + (entry.event === 'DeliveryCompleted' ? 4000 : 0)
        const data = { ...entry.data, branchId }
        await views.add({ orderId, entry: { ...entry, time: new Date(placedAt).toISOString(), data } })
      }
    }
    const query = `since=${new Date(since).toISOString()}&branchId=${branchId}`
    const { byStatus, steps, delivery } = await getJson<{
      byStatus: Record<string, number>
      steps: { placed: number; delivered: number; rejected: number }[]
      delivery: { count: number; p50Ms: number }
    }>(app, `/orderDashboards/statistics?${query}`)
    assert.deepEqual([byStatus.DELIVERED, byStatus.REJECTED, byStatus.PLACED, byStatus.PAID], [2, 1, 1, 0])
    const total = (of: 'placed' | 'delivered' | 'rejected') => steps.reduce((sum, step) => sum + step[of], 0)
    assert.deepEqual([total('placed'), total('delivered'), total('rejected')], [4, 2, 1])
    assert.equal(delivery.count, 2)
    assert.ok(delivery.p50Ms >= 4000 && delivery.p50Ms < 5000, `${delivery.p50Ms} ms`)

    const hour = 3_600_000
    const from = Math.floor(since / hour) * hour
    const hours = `since=${new Date(from).toISOString()}&until=${new Date(from + 2 * hour).toISOString()}`
    const byHour = await getJson<{ steps: { placed: number }[] }>(
      app,
      `/orderDashboards/statistics?${hours}&stepMs=${hour}&branchId=${branchId}`,
    )
    assert.equal(
      byHour.steps.reduce((sum, { placed }) => sum + placed, 0),
      4,
    )
  })

  it('looks at the orders once for all who ask the same', async () => {
    let asked = 0
    const countPlaced: typeof views.countPlaced = (query) => {
      asked += 1
      return views.countPlaced(query)
    }
    const busy = apiOn({ ...views, countPlaced })
    const ask = async (query: string) =>
      assert.equal((await busy.request(`/orderDashboards/statistics?${query}`)).status, 200)
    await Promise.all([...Array(20).fill('branchId=shared'), 'branchId=other'].map(ask))
    assert.equal(asked, 2)
  })

  for (const [query, place] of [
    ['since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z', 'since'],
    ['since=2026-01-01T00:00:00Z&until=2026-02-01T00:00:00Z&stepMs=60000', 'stepMs'],
    ['stepMs=61000', 'stepMs'],
    ['since=yesterday', 'since'],
  ] as const)
    it(`refuses ${query}`, async () => {
      const problem = { status: 422, code: 'invalid-input', places: [place] }
      assert.deepEqual(await readProblem(app.request(`/orderDashboards/statistics?${query}`)), problem)
    })
})

describe('a dashboard whose store is away', () => {
  it('answers 503, and when to try again', async () => {
    await using own = await testMongo({ ownServer: true })
    const away = openViews(own.url)
    await own.kill()
    const response = await apiOn(away).request('/orderDashboards')
    assert.equal(response.headers.get('retry-after'), '1')
    const problem = await readProblem(response)
    assert.deepEqual(problem, { status: 503, code: 'store-unavailable', places: [] })
    await away.close()
  })
})
