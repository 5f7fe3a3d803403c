import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { events } from './choreography.ts'
import { canHaveBeen, eventsBehind, isFinal, type Status, statuses, statusOf } from './status.ts'

/** The design's table, written a second time by hand; the first line that holds wins. */
const table: [Status, (happened: Set<string>) => boolean][] = [
  ['DELIVERED', (it) => it.has('DeliveryCompleted')],
  ['FAILED', (it) => it.has('PaymentRefunded') && it.has('DeliveryFailed')],
  ['CANCELLED', (it) => it.has('PaymentRefunded') || it.has('PaymentVoided')],
  ['REJECTED', (it) => it.has('PaymentDeclined')],
  ['CANCELLING', (it) => it.has('OrderCancelled')],
  ['REFUNDING', (it) => it.has('DeliveryFailed') || it.has('DeliveryCancelled')],
  ['DELIVERING', (it) => it.has('DeliveryStarted')],
  ['PAID', (it) => it.has('PaymentApproved')],
  ['PLACED', () => true],
]

const names = events.map(({ event }) => event)
const setOf = (bits: number) => new Set<string>(names.filter((_, i) => bits & (1 << i)))
const everySet = Array.from({ length: 2 ** names.length }, (_, bits) => setOf(bits))

describe('the status', () => {
  it('is the first line of the table that holds, for every set of events', () => {
    for (const happened of everySet) {
      const line = table.find(([, holds]) => holds(happened))
      assert.equal(statusOf(happened), line?.[0], [...happened].join(' '))
    }
  })

  it('follows from events that have happened, and from these alone', () => {
    for (const happened of everySet) {
      const by = eventsBehind(happened)
      assert.ok(
        by.every((name) => happened.has(name)),
        [...happened].join(' '),
      )
      assert.equal(statusOf(new Set(by)), statusOf(happened))
    }
  })

  it('only moves forward as events arrive, and every earlier status is among those it can have been', () => {
    for (const happened of everySet)
      for (const name of names) {
        const before = statusOf(happened)
        const more = new Set([...happened, name])
        const after = statusOf(more)
        assert.ok(statuses.indexOf(after) <= statuses.indexOf(before), `${before} became ${after}`)
        for (const status of statuses)
          if (canHaveBeen(status, happened)) assert.ok(canHaveBeen(status, more), `${status} is forgotten`)
        assert.ok(canHaveBeen(before, happened), `${before} was never`)
      }
  })

  it('cannot have been one that needs an event which did not happen', () => {
    assert.equal(canHaveBeen('REJECTED', new Set(['OrderPlaced', 'PaymentApproved'])), false)
    assert.equal(canHaveBeen('PAID', new Set(['OrderPlaced', 'PaymentApproved'])), true)
    assert.equal(canHaveBeen('FAILED', new Set(['PaymentRefunded'])), false)
    assert.equal(canHaveBeen('PLACED', new Set(['PaymentRefunded'])), true)
  })

  it('does not depend on the order of the events', () => {
    for (const happened of everySet)
      assert.equal(statusOf(new Set([...happened].reverse())), statusOf(happened))
  })

  it('is listed once, the final ones first', () => {
    assert.deepEqual(
      [...statuses],
      table.map(([status]) => status),
    )
    assert.deepEqual(statuses.filter(isFinal), ['DELIVERED', 'FAILED', 'CANCELLED', 'REJECTED'])
  })

  it('ignores unknown events', () => {
    assert.equal(statusOf(new Set(['SauceSpilled'])), 'PLACED')
  })
})
