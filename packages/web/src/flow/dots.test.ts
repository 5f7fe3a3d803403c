import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { choreographyTable } from '../build/choreography-table.ts'
import { openDots } from './dots.ts'
import { edgesOf, type Way, waysOf } from './edges.ts'
import type { FlowEvent } from './flow-events.ts'
import { openSampler } from './sampler.ts'

const ways = waysOf(edgesOf(choreographyTable))
const wayOf = (name: FlowEvent['name']) => ways.get(name) as Way
const event = (name: FlowEvent['name'], cause = 'request'): FlowEvent => ({
  id: name,
  name,
  cause,
  orderId: '1',
  time: '2026-01-31T12:00:00.000Z',
})
const nobody = () => false
const edgesAt = (dots: ReturnType<typeof openDots>, time: number) => dots.at(time).map(({ edge }) => edge)

describe('the dots', () => {
  it('of an event pass to its stream, and from there to each consumer', () => {
    const dots = openDots(() => 1000)
    dots.add(event('OrderPlaced'), wayOf('OrderPlaced'), 0, nobody)
    assert.deepEqual(edgesAt(dots, 500), ['order → ORDERS'])
    assert.deepEqual(edgesAt(dots, 1500), ['ORDERS → payment', 'ORDERS → dashboard'])
    assert.deepEqual(edgesAt(dots, 2500), [])
    assert.equal(dots.any(), false)
  })

  it('of an event begin where and when the dot of its cause arrives', () => {
    const dots = openDots(() => 1000)
    dots.add(event('OrderPlaced'), wayOf('OrderPlaced'), 0, nobody)
    dots.add(event('PaymentApproved', 'OrderPlaced'), wayOf('PaymentApproved'), 100, nobody)
    assert.deepEqual(edgesAt(dots, 1900), ['ORDERS → payment', 'ORDERS → dashboard'])
    assert.deepEqual(edgesAt(dots, 2100), ['payment → PAYMENTS'])
  })

  it('wait in the stream while the consumer is down, and go on before what it publishes when it is back', () => {
    const dots = openDots(() => 1000)
    dots.add(event('OrderPlaced'), wayOf('OrderPlaced'), 0, (service) => service === 'payment')
    assert.deepEqual(edgesAt(dots, 1500), ['ORDERS → dashboard'])
    dots.add(event('PaymentApproved', 'OrderPlaced'), wayOf('PaymentApproved'), 60_000, nobody)
    assert.deepEqual(edgesAt(dots, 60_500), ['ORDERS → payment'])
    assert.deepEqual(edgesAt(dots, 61_500), ['payment → PAYMENTS'])
  })

  it('are apart from each other, and only so many', () => {
    const dots = openDots(() => 1000)
    for (let i = 0; i < 10_000; i++)
      dots.add({ ...event('OrderPlaced'), id: String(i) }, wayOf('OrderPlaced'), 0, nobody)
    assert.equal(dots.at(1).length, 1)
    assert.equal(dots.at(300).length, 3)
    let most = 0
    for (let time = 300; dots.any(); time += 100) most = Math.max(most, dots.at(time).length)
    assert.ok(most < 60, `${most} at once`)
  })
})

describe('the sample of events that get a dot', () => {
  it('is all of them while they are few, and a few a second of many', () => {
    const take = openSampler()
    for (let i = 0; i < 100; i++) assert.ok(take('edge', String(i), i * 300))
    let taken = 0
    for (let ms = 60_000; ms < 70_000; ms++) if (take('edge', `many ${ms}`, ms)) taken++
    assert.ok(taken >= 50 && taken <= 56, `${taken} in 10 s`)
  })

  it('prefers orders of which one was taken', () => {
    const take = openSampler()
    assert.ok(take('first', 'followed', 0))
    for (let i = 0; i < 1000; i++) take('second', `other ${i}`, 0)
    assert.ok(!take('second', 'another', 0))
    assert.ok(take('second', 'followed', 0))
  })
})
