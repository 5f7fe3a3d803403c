import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { openClient } from '@saucery/client/client'
import type { Span, Trace } from '@saucery/client/schemas'
import { eventually } from '@saucery/messaging/testing/eventually'
import type { Page } from 'playwright-core'
import { inBrowser } from '../support/browser.ts'
import { placed, stands, tabTo, violationsOf } from '../testing/page.ts'

const { running, open } = inBrowser({ TRACE_STORE: 'on' })

const caller = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' }

/** Places an order with this trace context. @returns its id */
async function placeWith(traceparent: string): Promise<string> {
  const answer = await fetch(`${running.system.urls.gateway}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent },
    body: JSON.stringify({ branchId: 'a-branch', sauceId: 'a-sauce', qty: 3, price: 4321 }),
  })
  assert.equal(answer.status, 201)
  return ((await answer.json()) as { id: string }).id
}

const client = () => openClient({ url: running.system.urls.gateway })
const tracesOf = async (orderId: string): Promise<readonly Trace[]> =>
  (await client().get('/operations/orders/{orderId}/traces', { path: { orderId } })).traces

const ofDashboard = ({ name, service }: Span) => service === 'dashboard' && name.startsWith('write ')

/** The order's first trace, once the dashboard has written this number of its events. */
const traceOf = (orderId: string, events: number): Promise<Trace> =>
  eventually(async () => {
    const [trace] = await tracesOf(orderId)
    const written = trace?.spans.filter(ofDashboard).length ?? 0
    if (trace && written >= events && trace.spans.some(({ name }) => name === 'POST /orders/*')) return trace
    throw new Error(`${written} of ${events} events are written`)
  })

const label = ({ service, name }: Span) => `${service}: ${name}`

/** Each span after its parent, one for each kind of child. */
function edgesOf({ spans }: Trace): ReadonlySet<string> {
  const known = new Map(spans.map((span) => [span.spanId, span]))
  const edges = spans.map((span) => {
    const parent = known.get(span.parentSpanId ?? '')
    return `${parent ? label(parent) : '(caller)'} → ${label(span)}`
  })
  return new Set(edges)
}

/** What follows from an event that a service consumes. */
const handled = (publisher: string, event: string, service: string, table: string) => [
  `${publisher}: publish ${event} → ${service}: process ${event}`,
  `${service}: process ${event} → ${service}: commit ${table}`,
  `${service}: commit ${table} → ${service}: transaction ${table}`,
]

const inView = (publisher: string, event: string) => [
  `${publisher}: publish ${event} → dashboard: process ${event}`,
  `dashboard: process ${event} → dashboard: update view`,
  'dashboard: update view → dashboard: write orders_v1',
]

describe('the traces of an order', { timeout: 240_000 }, () => {
  let orderId: string
  let trace: Trace
  before(async () => {
    orderId = await placeWith(`00-${caller.traceId}-${caller.spanId}-01`)
    trace = await traceOf(orderId, 3)
  })

  it('are one tree, from the request at the gateway to the document in MongoDB', async () => {
    const wanted = [
      '(caller) → gateway: POST /orders/*',
      'gateway: POST /orders/* → gateway: POST',
      'gateway: POST → order: POST /orders',
      'order: POST /orders → order: commit orders',
      'order: commit orders → order: transaction orders',
      'order: commit orders → order: publish orders.placed',
      ...inView('order', 'orders.placed'),
      ...handled('order', 'orders.placed', 'payment', 'payments'),
      'payment: process orders.placed → payment: settle payment',
      'payment: settle payment → payment: ask provider',
      'payment: settle payment → payment: commit payments',
      'payment: commit payments → payment: publish payments.approved',
      ...inView('payment', 'payments.approved'),
      ...handled('payment', 'payments.approved', 'order', 'orders'),
      ...handled('payment', 'payments.approved', 'delivery', 'deliveries'),
      'delivery: commit deliveries → delivery: publish deliveries.started',
      ...inView('delivery', 'deliveries.started'),
      ...handled('delivery', 'deliveries.started', 'order', 'orders'),
    ]
    // Each service sends its spans by itself.
    trace = await eventually(async () => {
      const whole = await traceOf(orderId, 3)
      assert.deepEqual(edgesOf(whole), new Set(wanted))
      return whole
    }, 10_000)
    assert.equal(trace.traceId, caller.traceId)
    const [first] = trace.spans
    assert.deepEqual([first?.parentSpanId, first?.kind], [caller.spanId, 'server'])
  })

  it('have the attributes of the conventions, and nothing of what the order says', async () => {
    const spanOf = (name: string, service: string) =>
      trace.spans.find((span) => span.name === name && span.service === service)
    const publish = spanOf('publish orders.placed', 'order')
    const eventId = String(publish?.attributes['messaging.message.id'])
    assert.deepEqual(publish?.attributes, {
      'messaging.system': 'nats',
      'messaging.operation.type': 'send',
      'messaging.operation.name': 'publish',
      'messaging.destination.name': `orders.placed.${orderId}`,
      'messaging.destination.template': 'orders.placed.{key}',
      'messaging.message.id': eventId,
      'messaging.message.conversation_id': orderId,
      'cloudevents.event_type': 'OrderPlaced',
      'nats.stream': 'ORDERS',
      'nats.sequence': publish?.attributes['nats.sequence'],
      'nats.duplicate': false,
    })
    const process = spanOf('process orders.placed', 'payment')
    assert.deepEqual(
      [process?.kind, process?.attributes['messaging.message.id'], process?.attributes['nats.deliveries']],
      ['consumer', eventId, 1],
    )
    const write = spanOf('write orders_v1', 'dashboard')
    assert.deepEqual(write?.attributes, { 'db.system.name': 'mongodb', 'db.collection.name': 'orders_v1' })
    const text = JSON.stringify(trace)
    for (const told of ['a-branch', 'a-sauce']) assert.equal(text.includes(told), false, told)
    // Ids, times and ports may have the same digits among theirs.
    for (const told of ['4321', '12963'])
      assert.doesNotMatch(text, new RegExp(`(?<![\\w.-])${told}(?![\\w.-])`))
    const { traceId } = caller
    const same = await client().get('/operations/traces/{traceId}', { path: { traceId } })
    assert.equal(same.spans.length >= trace.spans.length, true)
  })

  it('are none where the caller does not sample', async () => {
    const unsampled = await placeWith(`00-${'1'.repeat(32)}-${caller.spanId}-00`)
    const later = await placeWith(`00-${'2'.repeat(32)}-${caller.spanId}-01`)
    await traceOf(later, 3)
    assert.deepEqual(await tracesOf(unsampled), [])
    // Its events still belong to its caller's trace.
    const { status } = await client().get('/orderDashboards/{id}', { path: { id: unsampled } })
    assert.equal(status, 'DELIVERING')
  })

  it('have a link to the transaction that their orders shared, and that has one to each of them', async () => {
    const isShared = ({ name, links }: Span) => name === 'transaction orders' && links.length > 0
    const member = await eventually(async () => {
      const ids = await Promise.all(
        Array.from({ length: 20 }, (_, i) => placeWith(`00-${'3'.repeat(30)}${10 + i}-${caller.spanId}-01`)),
      )
      const spans = await eventually(async () => {
        const found = (await Promise.all(ids.map(tracesOf))).flat().flatMap((one) => one.spans)
        assert.ok(
          found.filter(({ name }) => name === 'commit orders').length >= ids.length,
          'not all are committed',
        )
        return found
      })
      const shared = spans.find(isShared)
      assert.ok(shared, 'no transaction was shared')
      return shared
    })
    const [link] = member.links
    const { spans } = await eventually(() =>
      client().get('/operations/traces/{traceId}', { path: { traceId: String(link?.traceId) } }),
    )
    const [group] = spans
    assert.deepEqual([spans.length, group?.spanId, group?.parentSpanId], [1, link?.spanId, undefined])
    assert.ok(
      group?.links.some(({ spanId }) => spanId === member.parentSpanId),
      'the group has no link to it',
    )
    assert.ok(Number(group?.attributes['db.operation.batch.size']) > 1, 'the group is one alone')
  })

  const spansOn = (page: Page) => page.getByRole('region', { name: 'Traces' }).locator('li')

  for (const [colorScheme, width] of [
    ['light', 360],
    ['dark', 1440],
  ] as const)
    it(`are a waterfall under the timeline, ${colorScheme}, ${width} px wide`, async () => {
      const page = await open({ colorScheme, viewport: { width, height: 900 } })
      await placed(page)
      await stands(page, 'DELIVERING')
      const handled = spansOn(page)
        .filter({ hasText: 'process payments.approved' })
        .filter({ hasText: 'delivery' })
      await handled.first().waitFor()
      assert.match(String(await handled.first().textContent()), /ms in the stream · .* in the database/s)
      // Opened with the keyboard, it tells all that is known of it.
      const summary = handled.first().locator('summary')
      await tabTo(page, summary)
      await page.keyboard.press('Enter')
      await handled.first().getByText('PaymentApproved', { exact: true }).waitFor()
      assert.deepEqual(await violationsOf(page), [])
      const fits = await page.locator('html').evaluate((html) => html.scrollWidth <= html.clientWidth)
      assert.equal(fits, true, 'the waterfall is wider than the window')
      // A bar for each span, within its track.
      const [bars, tracks] = await Promise.all(
        ['.bar', '.track'].map((part) => spansOn(page).locator(part).count()),
      )
      assert.ok(bars && bars > 20 && bars === tracks, `${bars} bars in ${tracks} tracks`)
    })

  it('log no error, in the page or in a service', () => {
    assert.deepEqual(running.browser.pageErrors, [])
    assert.deepEqual([...running.system.errors], [])
  })
})
