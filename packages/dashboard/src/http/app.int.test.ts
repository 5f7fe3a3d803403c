import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { allPages, getJson, type ListPage, readProblem } from '@saucery/chassis/testing/http'
import { exampleOrderId } from '@saucery/contracts/fields'
import { testMongo } from '@saucery/servers/testing/servers'
import { openViews } from '../store/view-store.ts'
import { apiOn } from '../testing/api.ts'
import { serverBehind } from '../testing/mongo.ts'
import { addStory } from '../testing/stories.ts'

const mongo = await testMongo()
const views = openViews(mongo.url)
const app = apiOn(views)
after(async () => {
  await views.close()
  await mongo[Symbol.asyncDispose]()
})

const add = (branchId: string, names: Parameters<typeof addStory>[1] = ['OrderPlaced']) =>
  addStory(views, names, ({ data }) => ({ data: { ...data, branchId } }))

type Order = { orderId: string }

describe('GET /orderDashboards', () => {
  it('names the server that it was tested on', async (t) => {
    t.diagnostic(await serverBehind(mongo.url))
  })

  it('pages through every order once, newest first', async () => {
    const orderIds: string[] = []
    for (let i = 0; i < 7; i++) orderIds.unshift(await add('paged'))
    const found = await allPages<Order>(app, '/orderDashboards?branchId=paged', 3)
    assert.deepEqual(
      found.map(({ orderId }) => orderId),
      orderIds,
    )
  })

  it('filters by status and branch', async () => {
    const paid = await add('filtered', ['OrderPlaced', 'PaymentApproved'])
    await add('filtered')
    const { items } = await getJson<ListPage<Order>>(app, '/orderDashboards?branchId=filtered&status=PAID')
    assert.deepEqual(
      items.map(({ orderId }) => orderId),
      [paid],
    )
  })

  it('filters by sauce, and finds overdue orders', async () => {
    const late = await add('overdue', ['OrderPlaced', 'PaymentApproved'])
    await add('overdue', ['OrderPlaced', 'PaymentDeclined'])
    const listed = async (query: string) =>
      (await getJson<ListPage<Order>>(app, `/orderDashboards?branchId=overdue&${query}`)).items.map(
        ({ orderId }) => orderId,
      )
    assert.deepEqual(await listed('overdue=true'), [late])
    assert.equal((await listed('sauceId=1')).length, 2)
    assert.deepEqual(await listed('sauceId=2'), [])
  })

  it('leaves out the timelines when asked to: an order is then a few hundred bytes', async () => {
    const orderId = await add('lean', ['OrderPlaced', 'PaymentApproved', 'DeliveryStarted'])
    type Told = Order & { eventCount: number; timeline: unknown[] }
    const listed = async (query: string) =>
      (await getJson<ListPage<Told>>(app, `/orderDashboards?branchId=lean${query}`)).items
    const [whole] = await listed('')
    assert.equal(whole?.timeline.length, 3)
    assert.deepEqual(await listed('&timeline=none'), [{ ...whole, timeline: [] }])
    assert.equal(whole.eventCount, 3)
    assert.equal(whole.orderId, orderId)
    assert.ok(JSON.stringify({ ...whole, timeline: [] }).length < 550, 'an order has many bytes')
  })

  for (const [query, place] of [
    ['timeline=all', 'timeline'],
    ['overdue=1', 'overdue'],
    ['sauceId=a%20b', 'sauceId'],
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['cursor=1', 'cursor'],
    ['status=LOST', 'status'],
    ['status[$ne]=PAID', 'status[$ne]'],
    ['branchId=a%00', 'branchId'],
  ])
    it(`refuses ${query}`, async () => {
      const problem = await readProblem(app.request(`/orderDashboards?${query}`))
      assert.deepEqual(problem, { status: 422, code: 'invalid-input', places: [place] })
    })
})

describe('GET /orderDashboards/{id}', () => {
  it('shows one order with its whole timeline', async () => {
    const orderId = await add('told', ['OrderPlaced', 'PaymentDeclined'])
    const view = await getJson<Order & { status: string; timeline: { event: string }[] }>(
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

  it('shows what the order waits for, and that it is overdue', async () => {
    const orderId = await add('waiting', ['OrderPlaced', 'PaymentApproved'])
    const { waitsFor } = await getJson<{ waitsFor: object }>(app, `/orderDashboards/${orderId}`)
    assert.deepEqual(waitsFor, {
      events: ['DeliveryStarted'],
      since: '2026-01-01T00:00:00.001Z',
      until: '2026-01-01T00:00:01.001Z',
      overdue: true,
    })
  })

  it('answers 404 when there is no such order', async () => {
    for (const id of [exampleOrderId, 'x', '%00'])
      assert.equal((await readProblem(app.request(`/orderDashboards/${id}`))).code, 'not-found')
  })
})

describe('GET /orderDashboards/statistics', () => {
  it('counts the orders of a period by status and step, and measures deliveries', async () => {
    const branchId = 'counted'
    const since = Date.now() - 1000
    const ends = [['DeliveryCompleted'], ['DeliveryCompleted'], ['PaymentDeclined'], []] as const
    for (const end of ends) {
      await addStory(views, ['OrderPlaced', ...end], ({ event, data }) => {
        const time = new Date(Date.now() + (event === 'DeliveryCompleted' ? 4000 : 0))
        return { time: time.toISOString(), data: { ...data, branchId } }
      })
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

  it('counts once for all callers that ask the same, however they spell it', async () => {
    let asked = 0
    const countPeriod: typeof views.countPeriod = (...query) => {
      asked += 1
      return views.countPeriod(...query)
    }
    const busy = apiOn({ ...views, countPeriod })
    const ask = async (query: string) =>
      assert.equal((await busy.request(`/orderDashboards/statistics?${query}`)).status, 200)
    const spellings = [
      'branchId=shared&since=2026-01-01T00:00:00Z&until=2026-01-01T02:00:00Z',
      'until=2026-01-01T02:00:00.000Z&since=2026-01-01T00:00:00.000Z&branchId=%73hared',
      'branchId=shared&since=2026-01-01T00:00:00.001Z&until=2026-01-01T01:59:59Z&stepMs=60000',
      'branchId=shared&since=2026-01-01T09:00:00%2B09:00&until=2026-01-01T02:00:00Z',
    ]
    await Promise.all([...spellings, ...spellings, 'branchId=other'].map(ask))
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
  it('answers 503 with Retry-After', async () => {
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
