import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import type { AnyFact } from '@saucery/contracts/choreography'
import { exampleOrderId as orderId } from '@saucery/contracts/fields'
import { orderPaths } from '@saucery/contracts/order-paths'
import { projectionVersion } from '@saucery/contracts/projection-durables'
import { statusOf } from '@saucery/contracts/status'
import fc from 'fast-check'
import { allNames, story } from '../testing/stories.ts'
import type { TimelineEntry } from './order-json.ts'
import { mergeTimeline, type OrderView, viewOf } from './order-view.ts'

type Name = AnyFact['name']

const viewAfter = (...names: Name[]): OrderView => viewOf(orderId, story(orderId, names))

describe('a view', () => {
  it('shows what was ordered, and its status', () => {
    const timeline = story(orderId, ['OrderPlaced'])
    assert.deepEqual(viewOf(orderId, timeline), {
      _id: orderId,
      branchId: '1',
      sauceId: '1',
      qty: 10,
      price: 10_000,
      amount: 100_000,
      status: 'PLACED',
      placedAt: '2026-01-01T00:00:00.000Z',
      payBy: '2024-11-27T20:44:47.721Z',
      since: '2026-01-01T00:00:00.000Z',
      timeline,
    })
  })

  it('has of every event its id, cause, time, stream, sequence and data, without the order’s id again', () => {
    const [entry] = viewAfter('OrderCancelled').timeline
    assert.deepEqual(entry, {
      id: entry?.id,
      event: 'OrderCancelled',
      cause: 'a-test',
      time: '2026-01-01T00:00:00.000Z',
      stream: 'ORDERS',
      sequence: 10,
      data: { reason: 'requested' },
    })
  })

  it('takes from a later event what it carries when the first one is late', () => {
    const { branchId, qty, amount, price, placedAt } = viewAfter('PaymentApproved')
    assert.deepEqual({ branchId, qty, amount }, { branchId: '1', qty: 10, amount: 100_000 })
    assert.deepEqual({ price, placedAt }, { price: undefined, placedAt: undefined })
    assert.equal(viewAfter('DeliveryStarted').sauceId, '1')
  })

  const parts: [Name[], Partial<OrderView>][] = [
    [[], {}],
    [['PaymentApproved'], { payment: { status: 'APPROVED' } }],
    [['PaymentDeclined'], { payment: { status: 'DECLINED', reason: 'limit-exceeded' } }],
    [['PaymentVoided'], { payment: { status: 'VOIDED' } }],
    [['PaymentRefunded', 'PaymentApproved'], { payment: { status: 'REFUNDED' } }],
    [['DeliveryStarted'], { delivery: { status: 'STARTED' } }],
    [['DeliveryCompleted', 'DeliveryStarted'], { delivery: { status: 'COMPLETED' } }],
    [['DeliveryFailed', 'DeliveryStarted'], { delivery: { status: 'FAILED', reason: 'undeliverable' } }],
    [['DeliveryCancelled', 'DeliveryStarted'], { delivery: { status: 'CANCELLED' } }],
    [['OrderCancelled', 'CancellationRefused'], {}],
  ]
  for (const [names, shown] of parts)
    it(`shows payment and delivery ${JSON.stringify(shown)} after ${names.join(' and ') || 'nothing'}`, () => {
      const { payment, delivery } = viewAfter('OrderPlaced', ...names)
      assert.deepEqual({ payment, delivery }, { payment: undefined, delivery: undefined, ...shown })
    })
})

describe('the time of the status', () => {
  // Each event was published 1 ms after the one before it.
  const cases: [Name[], number][] = [
    [['OrderPlaced'], 0],
    [['CancellationRefused', 'OrderPlaced'], 1],
    [['CancellationRefused', 'PaymentApproved'], 1],
    [['OrderPlaced', 'OrderCancelled', 'PaymentApproved'], 1],
    [['OrderPlaced', 'PaymentApproved', 'DeliveryFailed', 'PaymentRefunded'], 3],
    [['OrderPlaced', 'PaymentRefunded', 'PaymentApproved', 'DeliveryFailed'], 3],
    [['OrderPlaced', 'DeliveryCompleted', 'PaymentApproved', 'DeliveryStarted'], 1],
  ]
  for (const [names, ms] of cases)
    it(`is ${ms} ms after the first of ${names.join(', ')}`, () => {
      assert.equal(viewAfter(...names).since, `2026-01-01T00:00:00.00${ms}Z`)
    })

  it('is, for a final order, how long it took', () => {
    assert.equal(viewAfter('OrderPlaced', 'PaymentApproved', 'DeliveryCompleted').tookMs, 2)
    assert.equal(viewAfter('OrderPlaced', 'PaymentApproved').tookMs, undefined)
    assert.equal(viewAfter('DeliveryCompleted').tookMs, undefined)
  })

  it('is never before the placing, whatever the clocks say', () => {
    assert.equal(viewAfter('PaymentDeclined', 'OrderPlaced').tookMs, 0)
  })
})

describe('the timeline', () => {
  it('has an event that the stream holds twice once, with its first sequence', () => {
    const [entry] = story(orderId, ['OrderPlaced']) as [TimelineEntry]
    const [first, second] = [entry, { ...entry, sequence: 99 }]
    assert.deepEqual(mergeTimeline([second], [first]), [first])
    assert.deepEqual(mergeTimeline([first], [second]), [first])
  })

  it('is the same entries, and the view the same view, whatever the order, the batches and the repetitions', () => {
    // Two of each event, although there is never more than one.
    const entries = [...story(orderId), ...story(orderId)]
    const arrivals = fc.array(
      fc.record({ entry: fc.constantFrom(...entries), sequence: fc.integer({ min: 1, max: 3 }) }),
      { minLength: 1, maxLength: 40 },
    )
    const histories = arrivals.chain((list) => {
      const all = list.map(({ entry, sequence }) => ({ ...entry, sequence }))
      return fc.record({
        once: fc.constant(all),
        again: fc.array(fc.subarray(all), { maxLength: 3 }),
        batches: fc.shuffledSubarray(all, { minLength: all.length }).chain(split),
      })
    })
    fc.assert(
      fc.property(histories, ({ once, again, batches }) => {
        const timeline = [...batches, ...again].reduce<TimelineEntry[]>(mergeTimeline, [])
        assert.deepEqual(viewOf(orderId, timeline), viewOf(orderId, mergeTimeline([], once)))
        assert.deepEqual(timeline, firstSequences(once))
      }),
      { numRuns: 1000 },
    )
  })

  it('gives the order the status of its events', () => {
    fc.assert(
      fc.property(fc.subarray(allNames), (names) => {
        assert.equal(viewAfter(...names).status, statusOf(new Set(names)))
      }),
    )
  })
})

describe('what is computed of the events', () => {
  // Every set of them that there can be. Of an event on no path no order has one, so no document is computed anew for it.
  const published = allNames.filter((name) => orderPaths.flat().includes(name))
  const views = Array.from({ length: 2 ** published.length }, (_, set) =>
    story(
      orderId,
      published.filter((_, i) => set & (1 << i)),
    ).map((entry, i) => ({ ...entry, id: `event-${i}` })),
  ).map((timeline) => viewOf(orderId, timeline))

  it('has not changed without a new version of the projection', () => {
    const digest = createHash('sha256').update(JSON.stringify(views)).digest('hex')
    const hint = 'Add one to projectionVersion (docs/projection.md), and write the new digest here.'
    assert.deepEqual(
      { projectionVersion, digest },
      { projectionVersion: 1, digest: 'a338d96335de553f57f7ee977202d8e3119a6ee887a17bc08f7cda5d5bc30137' },
      hint,
    )
  })
})

/** Cuts the list anywhere, into up to four. */
const split = <T>(list: T[]): fc.Arbitrary<T[][]> =>
  fc.array(fc.nat(list.length), { maxLength: 3 }).map((cuts) => {
    const at = [0, ...cuts.sort((a, b) => a - b), list.length]
    return at.slice(1).map((end, i) => list.slice(at[i], end))
  })

/** The timeline, computed in another way. */
function firstSequences(entries: readonly TimelineEntry[]): TimelineEntry[] {
  const bySequence = [...entries].sort((a, b) => a.sequence - b.sequence)
  const ids = [...new Set(entries.map(({ id }) => id))].sort((a, b) => (a < b ? -1 : 1))
  return ids.flatMap((id) => bySequence.find((entry) => entry.id === id) ?? [])
}
