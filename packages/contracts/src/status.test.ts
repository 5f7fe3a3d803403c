import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { events } from './choreography.ts'
import { broughtBy, isFinal, mayHaveBeen, type Status, statuses, statusOf } from './status.ts'

/** The lines of the design's table, written down once more; the first that holds wins. */
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

  it('is brought by events that happened and would do alone', () => {
    for (const happened of everySet) {
      const by = broughtBy(happened)
      assert.ok(
        by.every((name) => happened.has(name)),
        [...happened].join(' '),
      )
      assert.equal(statusOf(new Set(by)), statusOf(happened))
    }
  })

  it('goes only one way as events come, and what it may have been before is known', () => {
    for (const happened of everySet)
      for (const name of names) {
        const before = statusOf(happened)
        const more = new Set([...happened, name])
        const after = statusOf(more)
        assert.ok(statuses.indexOf(after) <= statuses.indexOf(before), `${before} became ${after}`)
        for (const status of statuses)
          if (mayHaveBeen(status, happened)) assert.ok(mayHaveBeen(status, more), `${status} is forgotten`)
        assert.ok(mayHaveBeen(before, happened), `${before} was never`)
      }
  })

  it('was not what needs an event that did not happen', () => {
    assert.equal(mayHaveBeen('REJECTED', new Set(['OrderPlaced', 'PaymentApproved'])), false)
    assert.equal(mayHaveBeen('PAID', new Set(['OrderPlaced', 'PaymentApproved'])), true)
    assert.equal(mayHaveBeen('FAILED', new Set(['PaymentRefunded'])), false)
    assert.equal(mayHaveBeen('PLACED', new Set(['PaymentRefunded'])), true)
  })

  it('does not depend on the order in which the events are told', () => {
    for (const happened of everySet)
      assert.equal(statusOf(new Set([...happened].reverse())), statusOf(happened))
  })

  it('has each of its names told once, the final ones first', () => {
    assert.deepEqual(
      [...statuses],
      table.map(([status]) => status),
    )
    assert.deepEqual(statuses.filter(isFinal), ['DELIVERED', 'FAILED', 'CANCELLED', 'REJECTED'])
  })

  it('ignores events that it has never heard of', () => {
    assert.equal(statusOf(new Set(['SauceSpilled'])), 'PLACED')
  })
})
